import { beforeEach, describe, expect, it, vi } from 'vitest';
import { registerCommands, showAnswers } from '../src/commands';
import type { Parts } from '../src/commands';
import type { AnswerPanel, Asking } from '../src/panel';
import { answer, ready } from './samples';
import { lastPicker, registered, window } from './vscode';

const ask = vi.fn();
const request = vi.fn(() => Promise.resolve([]));
const explainModule = vi.fn();
const run = vi.fn(async (_question: string, asking: Asking, fresh?: boolean) =>
  asking({} as Parameters<Asking>[0], fresh === true),
);
const show = vi.fn();
const panel = { run } as unknown as AnswerPanel;

const invoke = (id: string, ...args: unknown[]): unknown => registered.get(id)?.(...args);

beforeEach(() => {
  vi.clearAllMocks();
  const server = { ask, request, explainModule, about: () => ({ version: '', logDirectory: '' }) };
  registerCommands({ server, panel, log: { show } } as unknown as Parts);
});

describe('asking', () => {
  it('takes a question that a link brings along, with its place', async () => {
    const brought = { question: 'Why?', uri: 'file:///r/a.py', position: { line: 1, character: 2 } };
    await invoke('sleeptime.askQuestion', brought);
    expect(ask).toHaveBeenCalledWith(brought, expect.anything());
  });

  it('asks the person when the menu brings only the URI of the file', async () => {
    const asked = invoke('sleeptime.askQuestion', { scheme: 'file', path: '/r/a.py' });
    lastPicker().type('Why?');
    lastPicker().accept();
    await asked;
    expect(ask).toHaveBeenCalledWith({ question: 'Why?' }, expect.anything());
  });

  it('goes on with a conversation', async () => {
    const asked = invoke('sleeptime.askQuestion', { thread: 't1' });
    lastPicker().type('And who calls it?');
    lastPicker().accept();
    await asked;
    expect(ask).toHaveBeenCalledWith({ question: 'And who calls it?', thread: 't1' }, expect.anything());
  });

  it('asks nothing when the person leaves', async () => {
    const asked = invoke('sleeptime.askQuestion');
    lastPicker().hide();
    await asked;
    expect(run).not.toHaveBeenCalled();
  });

  it('has a ready answer written anew, from where its symbol is defined', async () => {
    await invoke('sleeptime.askAgain', ready);
    const args = { question: ready.question, uri: ready.uri, position: { line: 2, character: 0 }, fresh: true };
    expect(ask).toHaveBeenCalledWith(args, expect.anything());
  });
});

it('explains a module from scratch when the explorer says so', async () => {
  await invoke('sleeptime.explainThisModule', 'file:///r/a.py', true);
  expect(explainModule).toHaveBeenCalledWith({ uri: 'file:///r/a.py', fresh: true }, expect.anything());
});

it('says what is missing when there is no file to explain', async () => {
  await invoke('sleeptime.explainThisModule');
  expect(window.showInformationMessage).toHaveBeenCalledWith('Open a file to have it explained.');
});

it('says in one sentence why the server could not do what a menu offers', async () => {
  request.mockRejectedValueOnce(new Error('There is no model.'));
  await invoke('sleeptime.sleepNow');
  expect(window.showWarningMessage).toHaveBeenCalledWith('There is no model.');
});

it('shows the answers that a code lens stands for as one', async () => {
  const call = vi.fn(() => Promise.resolve({ markdown: 'both', answers: [answer, answer], uri: null }));
  const shown = await showAnswers(panel, { uri: 'file:///r/a.py', symbol: 'greet' }, call);
  expect(run).toHaveBeenCalledWith('greet', expect.anything());
  expect(shown).toMatchObject({
    markdown: '### Q\n\nwhole\n\n### Q\n\nwhole',
    evidence: [{ path: 'a.py' }, { path: 'a.py' }],
  });
});

it('shows the log at once while the server has none', async () => {
  await invoke('sleeptime.showLogs');
  expect(show).toHaveBeenCalled();
});
