/** The server's process and our conversation with it. Everything else in this folder only shows things. */

import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { commands, EventEmitter, l10n, MarkdownString, window, workspace } from 'vscode';
import type { CancellationToken, Disposable, LogOutputChannel, Position, Uri } from 'vscode';
import {
  ExecuteCommandRequest,
  LanguageClient,
  ProgressType,
  RevealOutputChannelOn,
  State,
} from 'vscode-languageclient/node';
import type { LanguageClientOptions, StaticFeature } from 'vscode-languageclient/node';
import { DOCUMENTS } from './languages';
import type { Launch } from './launch';
import * as protocol from './protocol';
import { ServerCommand } from './protocol';
import type { ServerRequest, AnswerPiece, AnswerResult, ShowArguments, ShowResult, StatusParams } from './protocol';
import { withoutImages } from './render';
import { chosenSettings } from './settings';
import { messageOf } from './words';

const MORE = 'sleeptime.askQuestion';

/** How to receive an answer while it is written, and how to stop it. */
export interface Reception {
  readonly onPiece: (text: string) => void;
  readonly token: CancellationToken;
}

/** Each request of our own: what it takes and what it gives. */
export interface Requests {
  [ServerRequest.suggest]: [protocol.SuggestArguments, readonly protocol.ReadyQuestion[]];
  [ServerRequest.questions]: [protocol.QuestionsArguments, readonly protocol.ReadyQuestion[]];
  [ServerRequest.answer]: [protocol.AnswerArguments, AnswerResult];
  [ServerRequest.modules]: [protocol.FolderArguments, protocol.ModulesResult];
  [ServerRequest.control]: [protocol.ControlArguments, StatusParams];
  [ServerRequest.feedback]: [protocol.FeedbackArguments, null];
  [ServerRequest.briefing]: [protocol.BriefingArguments, AnswerResult];
}

/** What the client needs of others. */
export interface Surroundings {
  readonly log: LogOutputChannel;
  readonly trace: LogOutputChannel;
  /** Where the server is; undefined if nowhere. */
  readonly locate: () => Promise<Launch | undefined>;
  /** The server is nowhere. Resolves to whether another start is worth trying. */
  readonly onMissing: () => Promise<boolean>;
  /** The server runs. Resolves to whether it was replaced, and so has to be started again. */
  readonly onVersion: (version: string, launch: Launch) => Promise<boolean>;
  /** A code lens or code action was clicked; `call` has the server answer it. */
  readonly onShow: (args: ShowArguments, call: (args: ShowArguments) => Promise<ShowResult>) => Promise<unknown>;
}

export class SleeptimeServer implements Disposable {
  readonly onStatus;
  readonly onChanged;
  private readonly statuses = new EventEmitter<StatusParams>();
  private readonly changes = new EventEmitter<protocol.ChangedParams>();
  private client: LanguageClient | undefined;
  private restarting: Promise<void> = Promise.resolve();
  /** How the running server was started; undefined while there is none. */
  launch: Launch | undefined;

  constructor(private readonly surroundings: Surroundings) {
    this.onStatus = this.statuses.event;
    this.onChanged = this.changes.event;
  }

  /** Stops the server if it runs and starts it with today's settings; calls follow one another, never overlap. */
  restart(): Promise<void> {
    this.restarting = this.restarting.then(async () => {
      await this.stop();
      await this.start();
    });
    return this.restarting;
  }

  /** The running server's version, and the folder of its logs and the worker's; '' if there is none. */
  about(): { version: string; logDirectory: string } {
    const { serverInfo, capabilities } = this.client?.initializeResult ?? {};
    const experimental = capabilities?.experimental as { logDirectory?: string } | undefined;
    return { version: serverInfo?.version ?? '', logDirectory: experimental?.logDirectory ?? '' };
  }

  ask(args: protocol.AskArguments, reception: Reception): Promise<AnswerResult> {
    return this.execute(ServerCommand.ask, args, reception);
  }

  explainModule(args: protocol.ExplainModuleArguments, reception: Reception): Promise<AnswerResult> {
    return this.execute(ServerCommand.explainModule, args, reception);
  }

  /** The person is back at the window: the server looks for changes made elsewhere. */
  async focused(): Promise<void> {
    if (this.client?.isRunning() === true) await this.client.sendNotification(protocol.FOCUS_NOTIFICATION);
  }

  /** A request of our own. Rejects with a sentence for the person. */
  async request<Name extends keyof Requests>(
    name: Name,
    args: Requests[Name][0],
    token?: CancellationToken,
  ): Promise<Requests[Name][1]> {
    const client = await this.running();
    try {
      type Result = Requests[Name][1];
      // A token that is undefined would be sent as a second parameter.
      return await (token === undefined
        ? client.sendRequest<Result>(name, args)
        : client.sendRequest<Result>(name, args, token));
    } catch (error) {
      if (token?.isCancellationRequested !== true) this.surroundings.log.error(`${name}: ${messageOf(error)}`);
      throw error;
    }
  }

  dispose(): void {
    void this.stop();
    this.statuses.dispose();
    this.changes.dispose();
  }

  private async execute(
    command: ServerCommand,
    args: protocol.AskArguments | protocol.ExplainModuleArguments,
    { onPiece, token }: Reception,
  ): Promise<AnswerResult> {
    const client = await this.running();
    // Inside the argument: LSP gives workspace/executeCommand no token for partial results of its own.
    const partialResultToken = randomUUID();
    const pieces = client.onProgress(new ProgressType<AnswerPiece>(), partialResultToken, (piece) => {
      onPiece(piece.text);
    });
    try {
      const params = { command, arguments: [{ ...args, partialResultToken }] };
      return (await client.sendRequest(ExecuteCommandRequest.type, params, token)) as AnswerResult;
    } catch (error) {
      if (!token.isCancellationRequested) this.surroundings.log.error(`${command}: ${messageOf(error)}`);
      throw error;
    } finally {
      pieces.dispose();
    }
  }

  private async running(): Promise<LanguageClient> {
    await this.restarting;
    if (this.client?.isRunning() !== true) throw new Error(l10n.t('The Sleeptime server is not running.'));
    return this.client;
  }

  private async start(): Promise<void> {
    const { log, locate, onMissing, onVersion } = this.surroundings;
    const launch = await locate();
    if (launch === undefined) {
      this.showState('stopped', l10n.t('the server is not installed'));
      this.restartIf(onMissing());
      return;
    }
    log.info(`Starting ${[launch.command, ...launch.args].join(' ')}, from ${launch.reason}.`);
    try {
      await this.startWith(launch);
      this.restartIf(onVersion(this.about().version, launch));
    } catch (error) {
      log.error(`The server did not start: ${messageOf(error)}`);
      this.showState('stopped', l10n.t('the server did not start'));
      void offerHelp(l10n.t('The Sleeptime server did not start ({0}).', launch.command));
    }
  }

  /** Not awaited by a start: the person may take their time to answer. */
  private restartIf(wanted: Promise<boolean>): void {
    void wanted.then((again) => (again ? this.restart() : undefined));
  }

  private async startWith(launch: Launch): Promise<void> {
    const { command, args } = launch;
    // Not the workspace's folder, which is the default: a relative path must not name a program in it.
    const executable = { command, args: [...args], options: { cwd: homedir() } };
    const client = new LanguageClient('sleeptime', 'Sleeptime', executable, this.clientOptions());
    this.client = client;
    client.registerFeature(SHOWS_ANSWERS);
    client.onNotification(protocol.STATUS_NOTIFICATION, (status: StatusParams) => {
      this.statuses.fire(status);
    });
    client.onNotification(protocol.CHANGED_NOTIFICATION, (changed: protocol.ChangedParams) => {
      this.changes.fire(changed);
    });
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Starting) this.showState('starting', l10n.t('starting the server'));
      if (newState === State.Running) this.showState('awake', l10n.t('ready'));
      if (newState === State.Stopped) this.showState('stopped', l10n.t('the server has stopped'));
    });
    await client.start();
    this.launch = launch;
    await commands.executeCommand('setContext', 'sleeptime.serverRuns', true);
  }

  private clientOptions(): LanguageClientOptions {
    const { log, trace, onShow } = this.surroundings;
    return {
      documentSelector: DOCUMENTS,
      initializationOptions: chosenSettings(workspace.getConfiguration()),
      outputChannel: log,
      traceOutputChannel: trace,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      middleware: {
        workspace: {
          // Only what a person has set: see chosenSettings.
          configuration: ({ items }) => items.map(() => chosenSettings(workspace.getConfiguration())),
        },
        provideHover: async (document, position, token, next) => {
          const hover = await next(document, position, token);
          hover?.contents.forEach((content) => {
            if (content instanceof MarkdownString) content.value = withoutImages(content.value);
          });
          hover?.contents.push(moreLink(document.uri, position));
          return hover;
        },
        executeCommand: (command, args, next) => {
          if (command !== ServerCommand.show) return next(command, args) as unknown;
          return onShow(args[0] as ShowArguments, async (shown) => (await next(command, [shown])) as ShowResult);
        },
      },
    };
  }

  private showState(state: StatusParams['state'], detail: string): void {
    const nothing = { root: '', jobsDone: 0, jobsTotal: 0, model: '', modelReason: '', briefing: '' };
    this.statuses.fire({ ...nothing, state, detail });
  }

  private async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    this.launch = undefined;
    try {
      await client?.dispose();
    } catch (error) {
      this.surroundings.log.warn(`The server did not stop cleanly: ${messageOf(error)}`);
    }
  }
}

/** Leads to all that is answered about a name. A text of its own, so that only ours may hold a command. */
function moreLink(uri: Uri, position: Position): MarkdownString {
  const { line, character } = position;
  const place = encodeURIComponent(JSON.stringify([{ uri: uri.toString(), position: { line, character } }]));
  const link = new MarkdownString(`[${l10n.t('More…')}](command:${MORE}?${place})`);
  link.isTrusted = { enabledCommands: [MORE] };
  return link;
}

/** Tells the server that `sleeptime.show` need not open a document: its result is shown in our panel. */
const SHOWS_ANSWERS: StaticFeature = {
  fillClientCapabilities(capabilities) {
    const others = capabilities.experimental as object | undefined;
    capabilities.experimental = { ...others, sleeptime: { showsAnswers: true } };
  },
  initialize() {
    // nothing depends on what the server can
  },
  getState: () => ({ kind: 'static' }),
  clear() {
    // nothing is held
  },
};

async function offerHelp(message: string): Promise<void> {
  const [settings, logs] = [l10n.t('Open settings'), l10n.t('Show logs')];
  const choice = await window.showErrorMessage(message, settings, logs);
  if (choice === settings) await commands.executeCommand('workbench.action.openSettings', 'sleeptime.server');
  if (choice === logs) await commands.executeCommand('sleeptime.showLogs');
}
