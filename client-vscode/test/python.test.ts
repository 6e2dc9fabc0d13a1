import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { activeInterpreter } from '../src/python';
import { extensions, workspace } from './vscode';

/** A program that answers as an interpreter would: 0 if the server can be imported. */
function interpreter(exitCode: number): string {
  const path = join(mkdtempSync(join(tmpdir(), 'sleeptime-')), 'python');
  writeFileSync(path, `#!/bin/sh\nexit ${exitCode}\n`, { mode: 0o700 });
  return path;
}

/** The Python extension, with one environment chosen. */
function chosen(path: string): void {
  const environments = {
    getActiveEnvironmentPath: () => ({ path }),
    resolveEnvironment: () => Promise.resolve({ executable: { uri: { fsPath: path } } }),
  };
  extensions.getExtension.mockReturnValue({ activate: () => Promise.resolve({ environments }) });
}

beforeEach(() => {
  workspace.isTrusted = true;
  extensions.getExtension.mockReset();
});

describe('the active Python environment', () => {
  it('is used if the server is installed in it', async () => {
    const path = interpreter(0);
    chosen(path);
    expect(await activeInterpreter()).toBe(path);
  });

  it('is passed by if it has no server, or if there is no Python extension', async () => {
    expect(await activeInterpreter()).toBeUndefined();
    chosen(interpreter(1));
    expect(await activeInterpreter()).toBeUndefined();
  });

  it('is passed by in a folder that is not trusted', async () => {
    workspace.isTrusted = false;
    chosen(interpreter(0));
    expect(await activeInterpreter()).toBeUndefined();
  });

  it('is passed by when the other extension fails', async () => {
    extensions.getExtension.mockReturnValue({ activate: () => Promise.reject(new Error('broken')) });
    expect(await activeInterpreter()).toBeUndefined();
  });
});
