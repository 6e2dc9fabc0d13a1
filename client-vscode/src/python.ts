/** Python interpreters on this machine, and whether the server is installed in one. */

import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { promisify } from 'node:util';
import { extensions, workspace } from 'vscode';
import type { Uri } from 'vscode';

/** Starting an interpreter on a slow network disk takes seconds; one that takes longer than this is passed by. */
const PATIENCE_MS = 15_000;
const HAS_SERVER = "import importlib.util, sys; sys.exit(importlib.util.find_spec('sleeptime') is None)";
const IS_NEW_ENOUGH = 'import sys; sys.exit(sys.version_info < (3, 11))';

/** As much as we use of what the Python extension (ms-python.python) exports. */
interface PythonExtension {
  readonly environments?: {
    getActiveEnvironmentPath(resource?: Uri): { readonly path: string };
    resolveEnvironment(path: {
      readonly path: string;
    }): Promise<{ readonly executable: { readonly uri?: Uri } } | undefined>;
  };
}

/**
 * The interpreter that the person chose for this workspace, if the server is installed in it.
 * Without the Python extension there is none; nor in a folder that is not trusted, whose `.venv` may be anybody's.
 */
export async function activeInterpreter(): Promise<string | undefined> {
  const extension = extensions.getExtension<PythonExtension>('ms-python.python');
  if (extension === undefined || !workspace.isTrusted) return undefined;
  try {
    const { environments } = await extension.activate();
    const active = environments?.getActiveEnvironmentPath(workspace.workspaceFolders?.[0]?.uri);
    const resolved = active && (await environments?.resolveEnvironment(active));
    const interpreter = resolved?.executable.uri?.fsPath;
    return interpreter !== undefined && (await succeeds(interpreter, HAS_SERVER)) ? interpreter : undefined;
  } catch {
    return undefined; // another extension's failure is not ours to report; the next place is looked at
  }
}

/** Whether an interpreter can run the server at all. */
export function isNewEnough(interpreter: string): Promise<boolean> {
  return succeeds(interpreter, IS_NEW_ENOUGH);
}

async function succeeds(interpreter: string, code: string): Promise<boolean> {
  try {
    // -P: as the server is started, and not from the workspace; see launch.ts.
    await promisify(execFile)(interpreter, ['-P', '-c', code], { timeout: PATIENCE_MS, cwd: homedir() });
    return true;
  } catch {
    return false;
  }
}
