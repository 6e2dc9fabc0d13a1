/** Puts the parts together. The server holds the logic; this client starts it and shows what it says. */

import { Uri, window, workspace } from 'vscode';
import type { Disposable, ExtensionContext } from 'vscode';
import { registerAgents } from './agents';
import { registerChat } from './chat';
import { SleeptimeServer } from './client';
import { registerCommands, showAnswers } from './commands';
import { OwnEnvironment } from './environment';
import { NotesView } from './explorer';
import { registerModel } from './model';
import { AnswerPanel } from './panel';
import { ServerRequest } from './protocol';
import type { ReadyQuestion, StatusParams } from './protocol';
import { reportHtml } from './report';
import { Setup } from './setup';
import { StatusDisplay } from './status';
import { lazyTrace } from './trace';
import type { Trace } from './trace';

/** For tests and other extensions. */
export interface Api {
  /** Resolves once the server has started, or could not. */
  readonly ready: Promise<void>;
  /** The last status that the server sent. */
  status(): StatusParams | undefined;
  about(): ReturnType<SleeptimeServer['about']>;
  /** Ready questions that fit a text. */
  suggest(text: string): Promise<readonly ReadyQuestion[]>;
  /** The report as a page. */
  report(): Promise<string>;
  readonly notes: NotesView;
}

export function activate(context: ExtensionContext): Api {
  const log = window.createOutputChannel('Sleeptime', { log: true });
  const trace = lazyTrace();
  const ownFolder = Uri.joinPath(context.globalStorageUri, 'server').fsPath;
  const setup = new Setup(new OwnEnvironment(ownFolder, process.env['PATH'] ?? ''), context.globalState, log);
  const server: SleeptimeServer = new SleeptimeServer({
    log,
    trace: trace.channel,
    locate: () => setup.locate(),
    onMissing: () => setup.offerInstall(),
    onVersion: (version, launch) => setup.offerUpdate(version, launch),
    onShow: (args, call) => showAnswers(panel, args, call),
  });
  const panel = new AnswerPanel(context.extensionUri, server);
  const display = new StatusDisplay();
  const notes = new NotesView(server);
  context.subscriptions.push(
    ...[log, trace, server, panel, display, notes],
    ...[registerChat(server, Uri.joinPath(context.extensionUri, 'media', 'icon.png')), registerModel(server)],
    registerAgents(server),
    ...registerCommands({ server, panel, display, log, setup, version: versionOf(context) }),
    ...listeners(server, display, trace),
  );
  return {
    ready: server.restart(),
    status: () => display.status(),
    about: () => server.about(),
    suggest: (text) => server.request(ServerRequest.suggest, { text }),
    report: () => reportHtml(server),
    notes,
  };
}

/** What happens around us, and who has to know. */
function listeners(server: SleeptimeServer, display: StatusDisplay, trace: Trace): Disposable[] {
  return [
    server.onStatus((status) => {
      display.show(status);
    }),
    window.onDidChangeWindowState(async ({ focused }) => {
      if (focused) await server.focused();
    }),
    workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration('sleeptime.trace')) trace.settingChanged();
      // All others the server follows by itself.
      else if (change.affectsConfiguration('sleeptime.server')) await server.restart();
    }),
    workspace.onDidGrantWorkspaceTrust(() => server.restart()),
  ];
}

function versionOf({ extension }: ExtensionContext): string {
  return String((extension.packageJSON as { version: unknown }).version);
}
