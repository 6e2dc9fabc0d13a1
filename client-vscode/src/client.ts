/** The server's process and our conversation with it. Everything else in this folder only shows things. */

import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { commands, EventEmitter, MarkdownString, window, workspace } from 'vscode';
import type { CancellationToken, Disposable, LogOutputChannel } from 'vscode';
import {
  ExecuteCommandRequest,
  LanguageClient,
  ProgressType,
  RevealOutputChannelOn,
  State,
} from 'vscode-languageclient/node';
import type { LanguageClientOptions } from 'vscode-languageclient/node';
import { DOCUMENTS } from './languages';
import { chooseLaunch, findOnPath } from './launch';
import type { Launch } from './launch';
import { FOCUS_NOTIFICATION, ServerCommand, STATUS_NOTIFICATION } from './protocol';
import type { AnswerPiece, AnswerResult, AskArguments, ExplainModuleArguments, StatusParams } from './protocol';
import { withoutImages } from './render';
import { chosenSettings, launchSettings } from './settings';

/** How to receive an answer while it is written, and how to stop it. */
export interface Reception {
  readonly onPiece: (text: string) => void;
  readonly token: CancellationToken;
}

export class SleeptimeServer implements Disposable {
  readonly onStatus;
  private readonly log: LogOutputChannel;
  private readonly statusEmitter = new EventEmitter<StatusParams>();
  private client: LanguageClient | undefined;
  private restarting: Promise<void> = Promise.resolve();

  constructor(log: LogOutputChannel) {
    this.log = log;
    this.onStatus = this.statusEmitter.event;
  }

  /** Stops the server if it runs and starts it with today's settings; calls follow one another, never overlap. */
  restart(): Promise<void> {
    this.restarting = this.restarting.then(async () => {
      await this.stop();
      await this.start();
    });
    return this.restarting;
  }

  ask(args: AskArguments, reception: Reception): Promise<AnswerResult> {
    return this.execute(ServerCommand.ask, args, reception);
  }

  explainModule(args: ExplainModuleArguments, reception: Reception): Promise<AnswerResult> {
    return this.execute(ServerCommand.explainModule, args, reception);
  }

  /** The person is back at the window: the server looks for changes made elsewhere. */
  async focused(): Promise<void> {
    if (this.client?.isRunning() === true) await this.client.sendNotification(FOCUS_NOTIFICATION);
  }

  dispose(): void {
    void this.stop();
    this.statusEmitter.dispose();
  }

  private async execute(
    command: ServerCommand,
    args: AskArguments | ExplainModuleArguments,
    { onPiece, token }: Reception,
  ): Promise<AnswerResult> {
    await this.restarting;
    if (this.client?.isRunning() !== true) throw new Error('The Sleeptime server is not running.');
    // Inside the argument: LSP gives workspace/executeCommand no token for partial results of its own.
    const partialResultToken = randomUUID();
    const pieces = this.client.onProgress(new ProgressType<AnswerPiece>(), partialResultToken, (piece) => {
      onPiece(piece.text);
    });
    try {
      const params = { command, arguments: [{ ...args, partialResultToken }] };
      return (await this.client.sendRequest(ExecuteCommandRequest.type, params, token)) as AnswerResult;
    } catch (error) {
      if (!token.isCancellationRequested) this.log.error(`${command}: ${String(error)}`);
      throw error;
    } finally {
      pieces.dispose();
    }
  }

  private async start(): Promise<void> {
    const settings = launchSettings(workspace.getConfiguration());
    const launch = chooseLaunch(settings, (name) => findOnPath(name, process.env['PATH'] ?? '', process.platform));
    if (launch === undefined) {
      this.showState('stopped', 'the server was not found');
      void offerHelp(
        'The Sleeptime server was not found: install the Python package sleeptime-lsp, or say where it is.',
      );
      return;
    }
    this.log.info(`Starting ${[launch.command, ...launch.args].join(' ')}, from ${launch.reason}.`);
    try {
      await this.startWith(launch);
    } catch (error) {
      this.log.error(`The server did not start: ${String(error)}`);
      this.showState('stopped', 'the server did not start');
      void offerHelp(`The Sleeptime server did not start (${launch.command}).`);
    }
  }

  private async startWith(launch: Launch): Promise<void> {
    const { command, args } = launch;
    // Not the workspace's folder, which is the default: a relative path must not name a program in it.
    const executable = { command, args: [...args], options: { cwd: homedir() } };
    const client = new LanguageClient('sleeptime', 'Sleeptime', executable, this.clientOptions());
    this.client = client;
    client.onNotification(STATUS_NOTIFICATION, (status: StatusParams) => {
      this.statusEmitter.fire(status);
    });
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Starting) this.showState('starting', 'starting the server');
      if (newState === State.Running) this.showState('awake', 'ready');
      if (newState === State.Stopped) this.showState('stopped', 'the server has stopped');
    });
    await client.start();
  }

  private clientOptions(): LanguageClientOptions {
    return {
      documentSelector: DOCUMENTS,
      initializationOptions: chosenSettings(workspace.getConfiguration()),
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      middleware: {
        provideHover: async (document, position, token, next) => {
          const hover = await next(document, position, token);
          hover?.contents.forEach((content) => {
            if (content instanceof MarkdownString) content.value = withoutImages(content.value);
          });
          return hover;
        },
      },
    };
  }

  private showState(state: StatusParams['state'], detail: string): void {
    this.statusEmitter.fire({ state, root: '', detail, jobsDone: 0, jobsTotal: 0, model: '', modelReason: '' });
  }

  private async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    try {
      await client?.dispose();
    } catch (error) {
      this.log.warn(`The server did not stop cleanly: ${String(error)}`);
    }
  }
}

async function offerHelp(message: string): Promise<void> {
  const [settings, logs] = ['Open settings', 'Show logs'];
  const choice = await window.showErrorMessage(message, settings, logs);
  if (choice === settings) await commands.executeCommand('workbench.action.openSettings', 'sleeptime.server');
  if (choice === logs) await commands.executeCommand('sleeptime.showLogs');
}
