import { beforeEach, describe, expect, it } from 'vitest';
import { Uri } from 'vscode';
import type { Reception } from '../src/client';
import { AnswerPanel } from '../src/panel';
import type { AnswerResult } from '../src/protocol';
import { clicks, closings, env, posted, window } from './vscode';

const range = { start: { line: 2, character: 0 }, end: { line: 3, character: 5 } };
const answer = {
  question: 'Q',
  markdown: 'whole',
  evidence: [{ uri: 'file:///r/a.py', path: 'a.py', range, symbol: '' }],
  source: 'live',
  model: '',
  createdAt: 0,
  seconds: 1,
  fresh: true,
  promptTokens: 0,
  cachedTokens: 0,
  generatedTokens: 0,
  removedCitations: 0,
  cancelled: false,
  id: '',
  thread: '',
  followUps: [],
  changedLines: 0,
  commit: '',
  footer: '',
} satisfies AnswerResult;

const newPanel = (): AnswerPanel => new AnswerPanel(Uri.file('/ext'));
const shown = (): string => posted.at(-1)?.html ?? '';
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  posted.length = 0;
});

describe('the answer panel', () => {
  it('shows pieces as they come and then the whole answer', async () => {
    const outcome = newPanel().run('Q', async ({ onPiece }) => {
      onPiece('wh');
      await settle();
      expect(shown()).toContain('<p>wh</p>');
      return answer;
    });
    expect(await outcome).toBe(answer);
    expect(shown()).toContain('<p>whole</p>');
    expect(posted.at(-1)?.labels).toEqual(['a.py:3-4']);
  });

  it('shows a failure in its own words', async () => {
    await newPanel().run('Q', () => Promise.reject(new Error('No model is on this machine.')));
    expect(shown()).toContain('No model is on this machine.');
  });

  it('cancels the question before when another is asked, and drops its late pieces', async () => {
    const panel = newPanel();
    let first: Reception | undefined;
    void panel.run('first', (reception) => {
      first = reception;
      return new Promise(() => undefined);
    });
    await panel.run('second', () => Promise.resolve(answer));
    first?.onPiece('late');
    await settle();
    expect(first?.token.isCancellationRequested).toBe(true);
    expect(shown()).toContain('second');
    expect(shown()).not.toContain('late');
  });

  it('cancels when it is stopped, keeping what had come', async () => {
    await newPanel().run('Q', async ({ onPiece, token }) => {
      onPiece('half');
      clicks.fire({ action: 'stop', index: -1 });
      await settle();
      expect(token.isCancellationRequested).toBe(true);
      throw new Error('cancelled');
    });
    expect(shown()).toContain('<p>half</p>');
    expect(shown()).toContain('Stopped.');
  });

  it('cancels when it is closed, and opens again for the next question', async () => {
    const panel = newPanel();
    void panel.run('Q', () => new Promise(() => undefined));
    closings.fire(undefined);
    await panel.run('Q', () => Promise.resolve(answer));
    expect(shown()).toContain('whole');
  });

  it('opens cited lines, copies the Markdown and asks again for a fresh answer', async () => {
    const asked: boolean[] = [];
    await newPanel().run('Q', (_, fresh) => {
      asked.push(fresh);
      return Promise.resolve(answer);
    });
    clicks.fire({ action: 'open', index: 0 });
    clicks.fire({ action: 'copy', index: -1 });
    clicks.fire({ action: 'again', index: -1 });
    await settle();
    expect(window.showTextDocument).toHaveBeenCalledWith(
      { text: 'file:///r/a.py' },
      expect.objectContaining({ selection: { startLine: 2, startCharacter: 0, endLine: 3, endCharacter: 5 } }),
    );
    expect(env.clipboard.writeText).toHaveBeenCalledWith('whole');
    expect(asked.at(-1)).toBe(true);
  });
});
