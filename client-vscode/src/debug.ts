/** What a report of a fault needs, and where the logs are. */

import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { env, l10n, Uri, version, window, workspace } from 'vscode';
import type { LogOutputChannel } from 'vscode';
import type { SleeptimeServer } from './client';
import { sibling } from './launch';
import { messageOf } from './words';
import { chosenSettings } from './settings';

/** The doctor looks at the machine and the model; it needs a few seconds. */
const DOCTOR_MS = 60_000;

/** Puts all that is known about this installation onto the clipboard; no code, no file names of the repository. */
export async function copyDebugInformation(server: SleeptimeServer, extensionVersion: string): Promise<string> {
  const { launch } = server;
  const facts = {
    extension: extensionVersion,
    server: server.about().version || 'not running',
    vscode: version,
    platform: `${process.platform} ${process.arch}`,
    remote: env.remoteName ?? 'none',
    folders: workspace.workspaceFolders?.length ?? 0,
    trusted: workspace.isTrusted,
    launch: launch === undefined ? 'none' : `${launch.reason}: ${[launch.command, ...launch.args].join(' ')}`,
    settings: chosenSettings(workspace.getConfiguration()),
  };
  const found = [JSON.stringify(facts, undefined, 2), await doctor(server)];
  const text = withoutPasswords(found.map((part) => `\`\`\`\n${part}\n\`\`\`\n`).join('\n'));
  await env.clipboard.writeText(text);
  void window.showInformationMessage(l10n.t('Debug information is on the clipboard.'));
  return text;
}

/** Lets the person choose between this extension's log and the files that the server and the worker write. */
export async function showLogs(server: SleeptimeServer, log: LogOutputChannel): Promise<void> {
  const { logDirectory } = server.about();
  const files = logDirectory === '' ? [] : logFiles(logDirectory);
  if (files.length === 0) {
    log.show();
    return;
  }
  const own = { label: l10n.t('This extension'), path: '' };
  const choice = await window.showQuickPick([own, ...files], { title: l10n.t('Sleeptime: which log?') });
  if (choice?.path === '') log.show();
  else if (choice !== undefined) await window.showTextDocument(Uri.file(choice.path));
}

/** The doctor's words, also when it found something wrong and so ended with 1. */
async function doctor(server: SleeptimeServer): Promise<string> {
  const [folder] = workspace.workspaceFolders ?? [];
  const launch = server.launch && sibling(server.launch, ['doctor', ...(folder ? [folder.uri.fsPath] : [])]);
  if (launch === undefined) return 'sleeptime doctor: not run';
  return new Promise((resolve) => {
    const options = { timeout: DOCTOR_MS, cwd: homedir() };
    execFile(launch.command, [...launch.args], options, (error, stdout) => {
      resolve(stdout.trim() || `sleeptime doctor: ${messageOf(error)}`);
    });
  });
}

/** Addresses of endpoints and proxies may hold a password. */
function withoutPasswords(text: string): string {
  return text.replaceAll(/\/\/[^/@\s"]+@/g, '//…@');
}

function logFiles(folder: string): { label: string; description: string; path: string }[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.log'))
      .map((label) => ({ label, description: folder, path: join(folder, label) }));
  } catch {
    return []; // nothing has been logged yet
  }
}
