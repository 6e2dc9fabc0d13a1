/** The server's commands for people, run from the same installation: in a terminal, or for what they print. */

import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { promisify } from 'node:util';
import { l10n, ProcessExecution, Task, TaskRevealKind, tasks, TaskScope, window, workspace } from 'vscode';
import type { SleeptimeServer } from './client';
import { sibling } from './launch';

/** Indexing, which some commands do first, takes a while on a large repository. */
const PATIENCE_MS = 120_000;
const MOST_OUTPUT_BYTES = 16 * 2 ** 20;

/** Runs `sleeptime …` in a terminal that stays open; says so if there is none to run. */
export async function runInTerminal(server: SleeptimeServer, subcommand: readonly string[]): Promise<void> {
  const launch = server.launch && sibling(server.launch, subcommand);
  if (launch === undefined) {
    void window.showWarningMessage(l10n.t('The Sleeptime server is not running.'));
    return;
  }
  const execution = new ProcessExecution(launch.command, [...launch.args], { cwd: firstFolder() });
  const task = new Task({ type: 'sleeptime' }, TaskScope.Workspace, subcommand.join(' '), 'Sleeptime', execution);
  task.presentationOptions = { reveal: TaskRevealKind.Always, clear: true };
  await tasks.executeTask(task);
}

/**
 * What `sleeptime …` prints; `cwd` is the repository it is about. Rejects with its own sentence if it fails.
 * It prints some things before it ends with 1, as the doctor does: `evenIfWrong` takes them.
 */
export async function outputOf(
  server: SleeptimeServer,
  subcommand: readonly string[],
  { cwd = firstFolder(), evenIfWrong = false } = {},
): Promise<string> {
  const launch = server.launch && sibling(server.launch, subcommand);
  if (launch === undefined) throw new Error(l10n.t('The Sleeptime server is not running.'));
  const options = { cwd, timeout: PATIENCE_MS, maxBuffer: MOST_OUTPUT_BYTES };
  try {
    return (await promisify(execFile)(launch.command, [...launch.args], options)).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    if (evenIfWrong && stdout !== '') return stdout;
    throw new Error(stderr.trim().split('\n').at(-1) ?? String(error), { cause: error });
  }
}

function firstFolder(): string {
  return workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir();
}
