/** The palette's commands. Their ids differ from the server's own: see protocol.ts. */

import { commands, l10n, window, workspace } from 'vscode';
import type { Disposable, LogOutputChannel, Uri } from 'vscode';
import { pickQuestion, placeOf, subjectOf } from './ask';
import { runInTerminal } from './cli';
import type { Reception, SleeptimeServer } from './client';
import { copyDebugInformation, showLogs } from './debug';
import type { AnswerPanel } from './panel';
import { ServerRequest } from './protocol';
import type {
  AnswerResult,
  AskArguments,
  ControlArguments,
  ReadyQuestion,
  ShowArguments,
  ShowResult,
} from './protocol';
import { together } from './render';
import type { Shown } from './render';
import { showReport } from './report';
import type { Setup } from './setup';
import type { StatusDisplay } from './status';
import { tourOf } from './tour';
import { fileName, messageOf, OVERVIEW } from './words';

const PAUSE_MINUTES = 60;
/** As long as a lunch: it ends by itself when there is nothing left to think about, and wakes when the person is back. */
const SLEEP_MINUTES = 30;

export interface Parts {
  readonly server: SleeptimeServer;
  readonly panel: AnswerPanel;
  readonly display: StatusDisplay;
  readonly log: LogOutputChannel;
  readonly setup: Setup;
  /** This extension's. */
  readonly version: string;
}

/** What a question brought along by a link, a menu or another part may hold; a menu brings a file's URI instead. */
type Brought = Partial<AskArguments>;

export function registerCommands(parts: Parts): Disposable[] {
  const { server, panel, display, log, setup, version } = parts;
  const handlers: Record<string, (...args: never[]) => unknown> = {
    askQuestion: (brought?: Brought) => askQuestion(server, panel, brought ?? {}),
    explainThisModule: (uri?: Uri, fresh?: unknown) => explainModule(server, panel, uri?.toString(), fresh === true),
    openReady: (ready: ReadyQuestion) => panel.openReady(ready, ready.uri),
    askAgain: (ready: ReadyQuestion) => askAgain(server, panel, ready),
    showOverview: (folder?: Uri) => ask(server, panel, about(OVERVIEW, folder), l10n.t('Overview')),
    takeTour: (folder?: Uri) => takeTour(server, panel, folder),
    showBriefing: (folder?: Uri) => showBriefing(server, panel, folder),
    showReport: () => showReport(server),
    showMenu: () => display.showMenu(),
    sleepNow: () => control(server, { action: 'sleep', minutes: SLEEP_MINUTES }),
    pauseAnHour: () => control(server, { action: 'pause', minutes: PAUSE_MINUTES }),
    resume: () => control(server, { action: 'resume' }),
    restartServer: () => server.restart(),
    showLogs: () => showLogs(server, log),
    copyDebugInformation: () => copyDebugInformation(server, version),
    installServer: async () => (await setup.install()) && server.restart(),
    runDoctor: () => runInTerminal(server, ['doctor']),
    pullModel: () => runInTerminal(server, ['model', 'pull']),
  };
  return Object.entries(handlers).map(([name, run]) => commands.registerCommand(`sleeptime.${name}`, run));
}

/** Has the server do something; a failure is one sentence to the person. */
export async function control(server: SleeptimeServer, args: ControlArguments): Promise<void> {
  try {
    await server.request(ServerRequest.control, args);
  } catch (error) {
    void window.showWarningMessage(messageOf(error));
  }
}

/** What a code lens or code action asks for, in the panel. */
export function showAnswers(
  panel: AnswerPanel,
  args: ShowArguments,
  call: (args: ShowArguments) => Promise<ShowResult>,
): Promise<Shown | undefined> {
  const title = args.symbol === undefined || args.symbol === '' ? fileName(args.uri) : args.symbol;
  return panel.run(title, async (_, fresh) => together(await call({ ...args, ...(fresh && { fresh }) })));
}

async function askQuestion(
  server: SleeptimeServer,
  panel: AnswerPanel,
  { question, uri, position, thread }: Brought,
): Promise<Shown | undefined> {
  const more = { ...(thread && { thread }) };
  if (question !== undefined) {
    return ask(server, panel, { question, ...(uri && { uri }), ...(position && { position }), ...more });
  }
  const editor = window.activeTextEditor;
  const place = uri !== undefined && position !== undefined ? { uri, position } : placeOf(editor);
  const choice = await pickQuestion(server, place, subjectOf(editor));
  if (choice === undefined) return undefined;
  if ('ready' in choice) return panel.openReady(choice.ready, choice.ready.uri);
  return ask(server, panel, { question: choice.question, ...place, ...more });
}

function ask(
  server: SleeptimeServer,
  panel: AnswerPanel,
  args: AskArguments,
  title = args.question,
): Promise<AnswerResult | undefined> {
  return panel.run(title, (reception, fresh) => server.ask({ ...args, ...(fresh && { fresh }) }, reception));
}

/** A question about a whole folder: of those that are open, the one that is meant. */
function about(question: string, folder?: Uri): AskArguments {
  const uri = folder ?? workspace.workspaceFolders?.[0]?.uri;
  return { question, ...(uri && { uri: uri.toString() }) };
}

/** A ready answer, written anew. */
function askAgain(
  server: SleeptimeServer,
  panel: AnswerPanel,
  { question, uri, range }: ReadyQuestion,
): Promise<AnswerResult | undefined> {
  const args = { question, uri, ...(range && { position: range.start }) };
  return panel.run(question, (reception) => server.ask({ ...args, fresh: true }, reception));
}

async function explainModule(
  server: SleeptimeServer,
  panel: AnswerPanel,
  chosen: string | undefined,
  fromScratch: boolean,
): Promise<AnswerResult | undefined> {
  const uri = chosen ?? placeOf(window.activeTextEditor).uri;
  if (uri === undefined) {
    void window.showInformationMessage(l10n.t('Open a file to have it explained.'));
    return undefined;
  }
  const title = l10n.t('What is {0} for?', fileName(uri));
  const asking = (reception: Reception, fresh: boolean): Promise<AnswerResult> =>
    server.explainModule({ uri, ...(fresh && { fresh }) }, reception);
  return panel.run(title, asking, fromScratch);
}

function showBriefing(server: SleeptimeServer, panel: AnswerPanel, folder?: Uri): Promise<AnswerResult | undefined> {
  const uri = folder ?? workspace.workspaceFolders?.[0]?.uri;
  return panel.run(l10n.t('What changed since I was here?'), ({ token }) =>
    server.request(ServerRequest.briefing, { ...(uri && { uri: uri.toString() }) }, token),
  );
}

async function takeTour(server: SleeptimeServer, panel: AnswerPanel, chosen?: Uri): Promise<Shown | undefined> {
  const folder = chosen ?? workspace.workspaceFolders?.[0]?.uri;
  return folder && panel.run(l10n.t('Tour'), () => tourOf(server, folder));
}
