/** Reads our settings. What each means is the server's business: package.json's are generated from its schema. */

import type { WorkspaceConfiguration } from 'vscode';
import type { LaunchSettings } from './launch';

/** Settings by section, as the server's initializationOptions. */
export type Sections = Record<string, Record<string, unknown>>;

/** Sections that only the client reads. */
const CLIENT_SECTIONS = new Set(['server', 'trace']);

export function launchSettings(configuration: WorkspaceConfiguration): LaunchSettings {
  return {
    command: configuration.get<string[]>('sleeptime.server.command', []),
    interpreter: configuration.get<string>('sleeptime.server.interpreter', ''),
  };
}

/**
 * Only what a person has set. A default sent as if it were chosen would override the person's settings.toml,
 * which the command line and other editors read too.
 */
export function chosenSettings(configuration: WorkspaceConfiguration): Sections {
  const chosen: Sections = {};
  for (const [section, values] of Object.entries(configuration.get<Sections>('sleeptime', {}))) {
    if (CLIENT_SECTIONS.has(section)) continue;
    const kept = Object.entries(values).filter(([key]) => isChosen(configuration, `sleeptime.${section}.${key}`));
    if (kept.length > 0) chosen[section] = Object.fromEntries(kept);
  }
  return chosen;
}

function isChosen(configuration: WorkspaceConfiguration, name: string): boolean {
  const found = configuration.inspect(name);
  return [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue].some((value) => value !== undefined);
}
