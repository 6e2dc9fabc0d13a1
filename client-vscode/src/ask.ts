/** Where the person is, and what they want to know. */

import { window } from 'vscode';
import type { QuickPickItem, TextEditor } from 'vscode';
import type { Position } from './protocol';

/** The cursor's place in a file on disk; empty outside of one. */
export interface Place {
  readonly uri?: string;
  readonly position?: Position;
  /** What is selected, or the word under the cursor. */
  readonly subject?: string;
}

/** A selection longer than this is code, not a name to put into a question. */
const LONGEST_SUBJECT = 60;

export function placeOf(editor: TextEditor | undefined): Place {
  if (editor?.document.uri.scheme !== 'file') return {};
  const { document, selection } = editor;
  const place = {
    uri: document.uri.toString(),
    position: { line: selection.active.line, character: selection.active.character },
  };
  const range = selection.isEmpty ? document.getWordRangeAtPosition(selection.active) : selection;
  const subject = range === undefined ? '' : document.getText(range).trim();
  const isName = subject !== '' && subject.length <= LONGEST_SUBJECT && !subject.includes('\n');
  return isName ? { ...place, subject } : place;
}

/** Questions to start from, for the place of the cursor. */
export function suggestions({ uri, subject }: Place): string[] {
  const about =
    subject === undefined
      ? []
      : [`What does ${subject} do?`, `Where is ${subject} used?`, `How could ${subject} fail?`];
  const file = uri === undefined ? [] : ['What is this file for?'];
  return [...about, ...file, 'What is this repository about, and where does it start?'];
}

interface QuestionItem extends QuickPickItem {
  /** What was typed when the list was made. */
  readonly listedFor: string;
}

/** Lets the person type or choose a question; undefined if they leave. */
export function pickQuestion(place: Place): Promise<string | undefined> {
  const picker = window.createQuickPick<QuestionItem>();
  picker.title = 'Sleeptime: Ask about this code';
  picker.placeholder =
    place.subject === undefined ? 'Type a question' : `Type a question about ${place.subject}, or choose one`;
  const fill = (): void => {
    picker.items = questionItems(suggestions(place), picker.value.trim());
  };
  fill();
  picker.onDidChangeValue(fill);
  return new Promise((resolve) => {
    picker.onDidAccept(() => {
      const [chosen] = picker.activeItems;
      const typed = picker.value.trim();
      // Whoever types fast presses Enter before the list has caught up, and means what they typed.
      const question = chosen?.listedFor === typed ? chosen.label : typed;
      resolve(question === '' ? undefined : question);
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(undefined); // without effect after an accept
      picker.dispose();
    });
    picker.show();
  });
}

/** What the person typed always stands first, and nothing is filtered away. */
function questionItems(suggested: readonly string[], typed: string): QuestionItem[] {
  const questions = new Set(typed === '' ? suggested : [typed, ...suggested]);
  return [...questions].map((label) => ({ label, listedFor: typed, alwaysShow: true }));
}
