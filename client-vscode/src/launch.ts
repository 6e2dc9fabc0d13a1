/** Which command starts the server: plain data, decided in one place. */

import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/** Older servers lack requests that this client makes. */
export const OLDEST_SERVER = '0.1.0';

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

/** Where a server may be when no setting names one; each is looked at only if those before it had none. */
export interface Places {
  /** The interpreter of the active Python environment, if the server is installed in it. */
  readonly activeInterpreter: () => Promise<string | undefined>;
  /** A program on the PATH. */
  readonly program: (name: string) => string | undefined;
  /** The interpreter of the environment that this extension made, if it has. */
  readonly ownInterpreter: () => string | undefined;
}

/** The first of: settings, active Python environment, PATH, own environment. Undefined if the server is nowhere. */
export async function chooseLaunch(settings: LaunchSettings, places: Places): Promise<Launch | undefined> {
  const [command, ...args] = settings.command;
  if (command !== undefined && command !== '') {
    return { command, args, reason: 'the setting sleeptime.server.command' };
  }
  if (settings.interpreter !== '') return withPython(settings.interpreter, 'the setting sleeptime.server.interpreter');
  const active = await places.activeInterpreter();
  if (active !== undefined) return withPython(active, 'the active Python environment');
  const found = places.program('sleeptime');
  if (found !== undefined) return { command: found, args: ['serve'], reason: 'the PATH' };
  const own = places.ownInterpreter();
  return own === undefined ? undefined : withPython(own, "the extension's own environment");
}

/** The same installation with another subcommand, such as `doctor`; undefined for a command that is not ours to vary. */
export function sibling(launch: Launch, subcommand: readonly string[]): Launch | undefined {
  const at = launch.args.lastIndexOf('serve');
  return at === -1 ? undefined : { ...launch, args: [...launch.args.slice(0, at), ...subcommand] };
}

/** Compares dotted versions by their numbers; what follows them (`rc1`) does not count. */
export function isOlder(version: string, than: string): boolean {
  const [ours, theirs] = [version, than].map((text) => text.split('.').map((part) => Number.parseInt(part, 10) || 0));
  for (let at = 0; at < 3; at += 1) {
    const difference = (ours?.[at] ?? 0) - (theirs?.[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
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

function withPython(interpreter: string, reason: string): Launch {
  // -P: the folder that is open must not be able to shadow the server's modules.
  return { command: interpreter, args: ['-P', '-m', 'sleeptime', 'serve'], reason };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
