import { describe, expect, it } from 'vitest';
import type { TextEditor } from 'vscode';
import { placeOf, suggestions } from '../src/ask';

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
  it('begin with what the person typed', () => {
    expect(suggestions({ uri: 'file:///r/app.py', subject: 'greet' }, ' why? ')[0]).toBe('why?');
  });

  it('speak of the subject only if there is one', () => {
    expect(suggestions({}, '')).toEqual(['What is this repository about, and where does it start?']);
  });
});
