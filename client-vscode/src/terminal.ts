/** The server's own commands for people, run where people look for output. */

import { l10n, ProcessExecution, Task, TaskRevealKind, tasks, TaskScope, window, workspace } from 'vscode';
import type { SleeptimeServer } from './client';
import { sibling } from './launch';

/** Runs `sleeptime …` of the same installation in a terminal that stays open; says so if there is none. */
export async function runInTerminal(server: SleeptimeServer, subcommand: readonly string[]): Promise<void> {
  const launch = server.launch && sibling(server.launch, subcommand);
  if (launch === undefined) {
    void window.showWarningMessage(l10n.t('The Sleeptime server is not running.'));
    return;
  }
  const [folder] = workspace.workspaceFolders ?? [];
  const execution = new ProcessExecution(launch.command, [...launch.args], folder ? { cwd: folder.uri.fsPath } : {});
  const task = new Task({ type: 'sleeptime' }, TaskScope.Workspace, subcommand.join(' '), 'Sleeptime', execution);
  task.presentationOptions = { reveal: TaskRevealKind.Always, clear: true };
  await tasks.executeTask(task);
}
