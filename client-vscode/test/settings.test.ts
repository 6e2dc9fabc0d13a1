import { describe, expect, it } from 'vitest';
import type { WorkspaceConfiguration } from 'vscode';
import { chosenSettings, launchSettings } from '../src/settings';

interface Inspected {
  globalValue?: unknown;
  workspaceValue?: unknown;
}

function configuration(
  values: Record<string, unknown>,
  inspected: Record<string, Inspected> = {},
): WorkspaceConfiguration {
  return {
    get: (name: string, fallback?: unknown) => values[name] ?? fallback,
    inspect: (name: string) => ({ key: name, ...inspected[name] }),
  } as unknown as WorkspaceConfiguration;
}

describe('settings for the server', () => {
  it('hold what a person chose and no defaults, which would override the settings file', () => {
    const sections = {
      sleep: { quietSeconds: 60, threads: 2 },
      hover: { enabled: true },
      server: { interpreter: '/p' },
    };
    const chosen = {
      'sleeptime.sleep.threads': { globalValue: 2 },
      'sleeptime.server.interpreter': { globalValue: '/p' },
    };
    expect(chosenSettings(configuration({ sleeptime: sections }, chosen))).toEqual({ sleep: { threads: 2 } });
  });

  it('keep a choice that equals the default or is false', () => {
    const chosen = { 'sleeptime.hover.enabled': { workspaceValue: false } };
    expect(chosenSettings(configuration({ sleeptime: { hover: { enabled: false } } }, chosen))).toEqual({
      hover: { enabled: false },
    });
  });
});

it('reads how to start the server, with empty values when nothing is set', () => {
  expect(launchSettings(configuration({}))).toEqual({ command: [], interpreter: '' });
});
