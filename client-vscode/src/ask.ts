/** Where the person is, what they want to know, and what is answered already: a list that fills while they type. */

import { CancellationTokenSource, Disposable, l10n, ThemeIcon, window } from 'vscode';
import type { QuickPick, QuickPickItem, TextEditor } from 'vscode';
import type { SleeptimeServer } from './client';
import { ServerRequest } from './protocol';
import type { Position, ReadyQuestion } from './protocol';
import { ago, plain } from './words';

/** Typing sends a request only after resting this long; most people's keys are further apart than this. */
const REST_MS = 30;
/** A selection longer than this is code, not a name to put into a question. */
const LONGEST_SUBJECT = 60;
const LISTED = 12;

/** The cursor's place in a file on disk; empty outside of one. */
export interface Place {
  readonly uri?: string;
  readonly position?: Position;
}

/** What the person chose: a question that is answered already, or one of their own. */
export type Choice = { readonly ready: ReadyQuestion } | { readonly question: string };

/** Gives the ready questions that fit what was typed. */
export type PickerServer = Pick<SleeptimeServer, 'request'>;

interface QuestionItem extends QuickPickItem {
  readonly ready?: ReadyQuestion;
}

export function placeOf(editor: TextEditor | undefined): Place {
  if (editor?.document.uri.scheme !== 'file') return {};
  const { line, character } = editor.selection.active;
  return { uri: editor.document.uri.toString(), position: { line, character } };
}

/** What is selected, or the word under the cursor, if it is short enough to be a name. */
export function subjectOf(editor: TextEditor | undefined): string {
  if (editor?.document.uri.scheme !== 'file') return '';
  const { document, selection } = editor;
  const range = selection.isEmpty ? document.getWordRangeAtPosition(selection.active) : selection;
  const subject = range === undefined ? '' : document.getText(range).trim();
  return subject.length <= LONGEST_SUBJECT && !subject.includes('\n') ? subject : '';
}

/** Lets the person type or choose a question; undefined if they leave. */
export function pickQuestion(server: PickerServer, place: Place, subject: string): Promise<Choice | undefined> {
  const picker = window.createQuickPick<QuestionItem>();
  picker.title = l10n.t('Sleeptime: Ask about this code');
  picker.placeholder =
    subject === '' ? l10n.t('Type a question') : l10n.t('Type a question about {0}, or choose one', subject);
  const suggestions = new Suggestions(server, place, picker);
  suggestions.update();
  return new Promise((resolve) => {
    picker.onDidChangeValue(() => {
      suggestions.update();
    });
    picker.onDidAccept(() => {
      resolve(choiceOf(picker));
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(undefined); // without effect after an accept
      suggestions.dispose();
      picker.dispose();
    });
    picker.show();
  });
}

/** Whoever types fast presses Enter before the list has caught up, and means what they typed. */
function choiceOf(picker: QuickPick<QuestionItem>): Choice | undefined {
  const [item] = picker.activeItems;
  const typed = picker.value.trim();
  if (item?.ready !== undefined) return { ready: item.ready };
  return typed === '' ? undefined : { question: typed };
}

/** Keeps the list in step with what is typed; each key makes the request before it pointless, and cancels it. */
class Suggestions extends Disposable {
  private cancellation = new CancellationTokenSource();
  private resting: NodeJS.Timeout | undefined;
  private ready: readonly ReadyQuestion[] = [];

  constructor(
    private readonly server: PickerServer,
    private readonly place: Place,
    private readonly picker: QuickPick<QuestionItem>,
  ) {
    super(() => {
      clearTimeout(this.resting);
      this.cancellation.cancel();
    });
  }

  update(): void {
    this.cancellation.cancel();
    this.cancellation = new CancellationTokenSource();
    this.show();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => void this.ask(this.cancellation), REST_MS);
  }

  private async ask({ token }: CancellationTokenSource): Promise<void> {
    const args = { ...this.place, text: this.picker.value.trim(), limit: LISTED };
    this.picker.busy = true;
    try {
      const ready = await this.server.request(ServerRequest.suggest, args, token);
      if (token.isCancellationRequested) return;
      this.ready = ready;
      this.show();
    } catch {
      // cancelled, or no server runs: what is typed can still be asked, and asking says what is wrong
    }
    this.picker.busy = false;
  }

  private show(): void {
    this.picker.items = questionItems(this.picker.value.trim(), this.ready);
  }
}

/** What the person typed stands first, be it answered already or not; nothing is filtered away. */
export function questionItems(typed: string, ready: readonly ReadyQuestion[]): QuestionItem[] {
  const isTyped = ({ question }: ReadyQuestion): boolean => plain(question) === plain(typed);
  const listed = [...ready.filter(isTyped), ...ready.filter((item) => !isTyped(item))].map(readyItem);
  if (typed === '' || ready.some(isTyped)) return listed;
  const own = { label: typed, description: l10n.t('ask now'), iconPath: new ThemeIcon('comment'), alwaysShow: true };
  return [own, ...listed];
}

function readyItem(ready: ReadyQuestion): QuestionItem {
  const { question, path, preview, fresh } = ready;
  return {
    label: plain(question),
    description: [path, fresh ? age(ready) : l10n.t('out of date')].filter((part) => part !== '').join(' · '),
    detail: plain(preview),
    iconPath: new ThemeIcon(fresh ? 'pass' : 'history'),
    alwaysShow: true,
    ready,
  };
}

/** Facts hold now; what a model wrote was written some time ago. */
function age({ model, createdAt }: ReadyQuestion): string {
  return model === '' ? l10n.t('a fact') : ago(createdAt);
}
