/** Puts the parts together. The server holds the logic; this client starts it and shows what it says. */

import { window, workspace } from 'vscode';
import type { ExtensionContext } from 'vscode';
import { SleeptimeServer } from './client';
import { registerCommands } from './commands';
import { AnswerPanel } from './panel';
import type { StatusParams } from './protocol';
import { StatusDisplay } from './status';

/** For tests and other extensions. */
export interface Api {
  /** Resolves once the server has started, or could not. */
  readonly ready: Promise<void>;
  /** The last status that the server sent. */
  status(): StatusParams | undefined;
}

export function activate(context: ExtensionContext): Api {
  const log = window.createOutputChannel('Sleeptime', { log: true });
  const server = new SleeptimeServer(log);
  const panel = new AnswerPanel(context.extensionUri);
  const display = new StatusDisplay();
  let last: StatusParams | undefined;
  context.subscriptions.push(
    log,
    server,
    panel,
    display,
    server.onStatus((status) => {
      last = status;
      display.show(status);
    }),
    ...registerCommands({ server, panel, log }),
    workspace.onDidChangeConfiguration(async (change) => {
      // The language client follows the trace level by itself; everything else the server reads at its start.
      if (change.affectsConfiguration('sleeptime') && !change.affectsConfiguration('sleeptime.trace')) {
        await server.restart();
      }
    }),
    window.onDidChangeWindowState(async ({ focused }) => {
      if (focused) await server.focused();
    }),
    workspace.onDidGrantWorkspaceTrust(() => server.restart()),
  );
  return { ready: server.restart(), status: () => last };
}
