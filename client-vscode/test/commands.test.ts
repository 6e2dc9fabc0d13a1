import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogOutputChannel } from 'vscode';
import type { SleeptimeServer } from '../src/client';
import { registerCommands } from '../src/commands';
import type { AnswerPanel, Asking } from '../src/panel';
import { lastPicker, registered, window } from './vscode';

const ask = vi.fn();
const run = vi.fn(async (_question: string, asking: Asking) => asking({} as Parameters<Asking>[0], false));
const show = vi.fn();

const invoke = (id: string, ...args: unknown[]): unknown => registered.get(id)?.(...args);

beforeEach(() => {
  vi.clearAllMocks();
  registerCommands({
    server: { ask } as unknown as SleeptimeServer,
    panel: { run } as unknown as AnswerPanel,
    log: { show } as unknown as LogOutputChannel,
  });
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

  it('asks nothing when the person leaves', async () => {
    const asked = invoke('sleeptime.askQuestion');
    lastPicker().hide();
    await asked;
    expect(run).not.toHaveBeenCalled();
  });
});

it('says what is missing when there is no file to explain', async () => {
  await invoke('sleeptime.explainThisModule');
  expect(window.showInformationMessage).toHaveBeenCalledWith('Open a file to have it explained.');
});

it('shows the log', () => {
  invoke('sleeptime.showLogs');
  expect(show).toHaveBeenCalled();
});
