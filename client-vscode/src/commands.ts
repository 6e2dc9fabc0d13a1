/** The palette's commands. Their ids differ from the server's own: see protocol.ts. */

import { commands, window } from 'vscode';
import type { Disposable, LogOutputChannel } from 'vscode';
import { pickQuestion, placeOf } from './ask';
import type { SleeptimeServer } from './client';
import type { AnswerPanel } from './panel';
import type { AnswerResult, AskArguments } from './protocol';

export interface Parts {
  readonly server: SleeptimeServer;
  readonly panel: AnswerPanel;
  readonly log: LogOutputChannel;
}

export function registerCommands({ server, panel, log }: Parts): Disposable[] {
  return [
    commands.registerCommand('sleeptime.askQuestion', (brought?: unknown) => askQuestion(server, panel, brought)),
    commands.registerCommand('sleeptime.explainThisModule', () => explainThisModule(server, panel)),
    commands.registerCommand('sleeptime.showMenu', showMenu),
    commands.registerCommand('sleeptime.restartServer', () => server.restart()),
    commands.registerCommand('sleeptime.showLogs', () => {
      log.show();
    }),
  ];
}

/** A link or another extension may bring the question along; the palette brings nothing, a menu the file's URI. */
async function askQuestion(
  server: SleeptimeServer,
  panel: AnswerPanel,
  brought: unknown,
): Promise<AnswerResult | undefined> {
  const args = isQuestion(brought) ? brought : await askPerson();
  if (args === undefined) return undefined;
  return panel.run(args.question, (reception, fresh) => server.ask({ ...args, ...(fresh && { fresh }) }, reception));
}

async function askPerson(): Promise<AskArguments | undefined> {
  const place = placeOf(window.activeTextEditor);
  const question = await pickQuestion(place);
  if (question === undefined) return undefined;
  return { question, ...(place.uri && { uri: place.uri }), ...(place.position && { position: place.position }) };
}

function isQuestion(value: unknown): value is AskArguments {
  return typeof value === 'object' && value !== null && 'question' in value && typeof value.question === 'string';
}

async function explainThisModule(server: SleeptimeServer, panel: AnswerPanel): Promise<AnswerResult | undefined> {
  const { uri } = placeOf(window.activeTextEditor);
  if (uri === undefined) {
    void window.showInformationMessage('Open a file to have it explained.');
    return undefined;
  }
  const name = decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1));
  return panel.run(`Explain ${name}`, (reception) => server.explainModule({ uri }, reception));
}

/** What a click on the status-bar entry offers. */
async function showMenu(): Promise<void> {
  const entries = [
    { label: '$(comment-discussion) Ask about this code…', command: 'sleeptime.askQuestion' },
    { label: '$(book) Explain this module', command: 'sleeptime.explainThisModule' },
    { label: '$(output) Show logs', command: 'sleeptime.showLogs' },
    { label: '$(debug-restart) Restart server', command: 'sleeptime.restartServer' },
  ];
  const chosen = await window.showQuickPick(entries, { title: 'Sleeptime' });
  if (chosen !== undefined) await commands.executeCommand(chosen.command);
}
