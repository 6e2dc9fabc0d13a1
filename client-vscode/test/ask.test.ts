import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CancellationToken, TextEditor } from 'vscode';
import { pickQuestion, placeOf, questionItems, subjectOf } from '../src/ask';
import type { Choice, PickerServer } from '../src/ask';
import type { ReadyQuestion } from '../src/protocol';
import { ready } from './samples';
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
  it('is the file and the cursor', () => {
    const place = { uri: 'file:///r/app.py', position: { line: 3, character: 7 } };
    expect(placeOf(editor('file', ' greet '))).toEqual(place);
  });

  it('has the selected name as its subject, but not lines of code', () => {
    expect(subjectOf(editor('file', ' greet '))).toBe('greet');
    expect(subjectOf(editor('file', 'a = 1\nb = 2'))).toBe('');
  });

  it('is nowhere outside of files on disk', () => {
    expect(placeOf(editor('output', ''))).toEqual({});
    expect(placeOf(undefined)).toEqual({});
  });
});

describe('the list', () => {
  it('has what is typed first, and then what is answered, with its file and whether it still holds', () => {
    const items = questionItems('What', [ready, { ...ready, question: 'Old?', fresh: false }]);
    expect(items.map(({ label }) => label)).toEqual(['What', 'What does greet do?', 'Old?']);
    expect(items[1]).toMatchObject({ detail: 'It greets.', description: expect.stringContaining('a.py · ') as string });
    expect(items[2]?.description).toBe('a.py · out of date');
  });

  it('names a question once that is typed in full, and puts it first', () => {
    const items = questionItems('Old?', [ready, { ...ready, question: 'Old?' }]);
    expect(items.map(({ label }) => label)).toEqual(['Old?', 'What does greet do?']);
  });
});

describe('the picker', () => {
  const requests: { text: string; token: CancellationToken; answer: (ready: ReadyQuestion[]) => void }[] = [];
  const server = {
    request: (_name: string, { text }: { text: string }, token: CancellationToken) =>
      new Promise((answer) => {
        requests.push({ text, token, answer });
      }),
  } as unknown as PickerServer;
  const open = (): Promise<Choice | undefined> => pickQuestion(server, {}, 'greet');
  const rest = (): Promise<unknown> => vi.advanceTimersByTimeAsync(100);

  beforeEach(() => {
    vi.useFakeTimers();
    requests.length = 0;
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('asks the server only when typing rests, and cancels what it asked before', async () => {
    void open();
    await rest();
    lastPicker().type('W');
    lastPicker().type('Wh');
    await rest();
    expect(requests.map(({ text }) => text)).toEqual(['', 'Wh']);
    expect(requests[0]?.token.isCancellationRequested).toBe(true);
    requests[0]?.answer([ready]);
    requests[1]?.answer([{ ...ready, question: 'Why?' }]);
    await rest();
    expect(lastPicker().items.map(({ label }) => label)).toEqual(['Wh', 'Why?']);
  });

  it('gives the ready answer that was chosen', async () => {
    const picked = open();
    await rest();
    requests[0]?.answer([ready]);
    await rest();
    lastPicker().accept();
    expect(await picked).toEqual({ ready });
  });

  it('gives all that was typed, even when the list lags behind', async () => {
    const picked = open();
    lastPicker().type('Why');
    lastPicker().value = 'Why? ';
    lastPicker().accept();
    expect(await picked).toEqual({ question: 'Why?' });
  });

  it('gives nothing when the person leaves, and stops asking', async () => {
    const picked = open();
    await rest();
    lastPicker().hide();
    expect(await picked).toBeUndefined();
    expect(requests[0]?.token.isCancellationRequested).toBe(true);
  });
});
