import { describe, expect, it } from 'vitest';
import type { TextEditor } from 'vscode';
import { pickQuestion, placeOf, suggestions } from '../src/ask';
import type { FakePicker } from './vscode';
import { lastPicker } from './vscode';

function editor(scheme: string, selected: string): TextEditor {
  return {
    document: {
      uri: { scheme, toString: () => 'file:///r/app.py' },
      getText: () => selected,
      getWordRangeAtPosition: () => undefined,
    },
    selection: { active: { line: 3, character: 7 }, isEmpty: selected === '' },
  } as unknown as TextEditor;
}

describe('the place of a question', () => {
  it('is the file, the cursor and the selected name', () => {
    const place = { uri: 'file:///r/app.py', position: { line: 3, character: 7 }, subject: 'greet' };
    expect(placeOf(editor('file', ' greet '))).toEqual(place);
  });

  it('has no subject when lines of code are selected', () => {
    expect(placeOf(editor('file', 'a = 1\nb = 2'))).not.toHaveProperty('subject');
  });

  it('is nowhere outside of files on disk', () => {
    expect(placeOf(editor('output', ''))).toEqual({});
    expect(placeOf(undefined)).toEqual({});
  });
});

describe('suggested questions', () => {
  it('speak of the subject only if there is one', () => {
    expect(suggestions({ subject: 'greet' })[0]).toBe('What does greet do?');
    expect(suggestions({})).toEqual(['What is this repository about, and where does it start?']);
  });
});

describe('the picker', () => {
  const open = (): [FakePicker, Promise<string | undefined>] => {
    const picked = pickQuestion({ subject: 'greet' });
    return [lastPicker(), picked];
  };

  it('puts what is typed first and names each question once', () => {
    const [picker] = open();
    picker.type(' What does greet do? ');
    const labels = picker.items.map((item) => item.label);
    expect(labels[0]).toBe('What does greet do?');
    expect(new Set(labels).size).toBe(labels.length);
  });

  it('gives a suggestion chosen under what was typed', async () => {
    const [picker, picked] = open();
    picker.type('gre');
    picker.items = picker.items.slice(2);
    picker.accept();
    expect(await picked).toBe('Where is greet used?');
  });

  it('gives the first suggestion when nothing was typed', async () => {
    const [picker, picked] = open();
    picker.accept();
    expect(await picked).toBe('What does greet do?');
  });

  it('gives all that was typed, even when the list lags behind', async () => {
    const [picker, picked] = open();
    picker.type('Why');
    picker.value = 'Why? ';
    picker.accept();
    expect(await picked).toBe('Why?');
  });
});
