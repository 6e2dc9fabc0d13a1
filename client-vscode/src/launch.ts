/** Which command starts the server: plain data, decided in one place. */

import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

export interface LaunchSettings {
  /** The whole command, or empty. */
  readonly command: readonly string[];
  /** A Python interpreter that has the server, or "". */
  readonly interpreter: string;
}

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** For the log: why this one. */
  readonly reason: string;
}

/** Finds a program by its name; undefined if there is none. */
export type FindProgram = (name: string) => string | undefined;

/** The setting for the whole command wins, then the interpreter, then `sleeptime` on the PATH. */
export function chooseLaunch(settings: LaunchSettings, findProgram: FindProgram): Launch | undefined {
  const [command, ...args] = settings.command;
  if (command !== undefined && command !== '') {
    return { command, args, reason: 'the setting sleeptime.server.command' };
  }
  if (settings.interpreter !== '') {
    // -P: the folder that is open must not be able to shadow the server's modules.
    const args = ['-P', '-m', 'sleeptime', 'serve'];
    return { command: settings.interpreter, args, reason: 'the setting sleeptime.server.interpreter' };
  }
  const found = findProgram('sleeptime');
  return found === undefined ? undefined : { command: found, args: ['serve'], reason: 'the PATH' };
}

/**
 * Looks through the folders of `searchPath` in order. Relative folders are skipped: what they name depends on the
 * folder that is open, and an opened folder must not choose which program we run.
 */
export function findOnPath(name: string, searchPath: string, platform: NodeJS.Platform): string | undefined {
  const file = platform === 'win32' ? `${name}.exe` : name;
  return searchPath
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, file))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
