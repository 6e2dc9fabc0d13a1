/** What a report of a fault needs, and where the logs are. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { env, l10n, Uri, version, window, workspace } from 'vscode';
import type { LogOutputChannel } from 'vscode';
import { outputOf } from './cli';
import type { SleeptimeServer } from './client';
import { messageOf } from './words';
import { chosenSettings } from './settings';

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
  const doctor = outputOf(server, ['doctor'], { evenIfWrong: true }).catch(messageOf);
  const found = [JSON.stringify(facts, undefined, 2), await doctor];
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
