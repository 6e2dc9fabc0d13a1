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

/** Questions to start from; what the person types always stands first. */
export function suggestions({ uri, subject }: Place, typed: string): string[] {
  const about =
    subject === undefined
      ? []
      : [`What does ${subject} do?`, `Where is ${subject} used?`, `How could ${subject} fail?`];
  const file = uri === undefined ? [] : ['What is this file for?'];
  const general = ['What is this repository about, and where does it start?'];
  return [typed.trim(), ...about, ...file, ...general].filter((question) => question !== '');
}

/** Lets the person type or choose a question; undefined if they leave. */
export function pickQuestion(place: Place): Promise<string | undefined> {
  const picker = window.createQuickPick();
  picker.title = 'Sleeptime: Ask about this code';
  picker.placeholder =
    place.subject === undefined ? 'Type a question' : `Type a question about ${place.subject}, or choose one`;
  const fill = (): void => {
    picker.items = suggestions(place, picker.value).map((label): QuickPickItem => ({ label, alwaysShow: true }));
  };
  fill();
  picker.onDidChangeValue(fill);
  return new Promise((resolve) => {
    picker.onDidAccept(() => {
      resolve(picker.activeItems[0]?.label);
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(undefined); // without effect after an accept
      picker.dispose();
    });
    picker.show();
  });
}
