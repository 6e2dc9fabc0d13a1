import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Uri } from 'vscode';
import type { Reception } from '../src/client';
import { AnswerPanel } from '../src/panel';
import { answer } from './samples';
import { clicks, closings, env, posted, window } from './vscode';

const request = vi.fn();
const ask = vi.fn();
const newPanel = (): AnswerPanel => new AnswerPanel(Uri.file('/ext'), { request, ask });
const never = (): Promise<typeof answer> => new Promise(() => undefined);
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
      return never();
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
    void panel.run('Q', never);
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
      expect.objectContaining({ text: 'file:///r/a.py' }),
      expect.objectContaining({ selection: { startLine: 2, startCharacter: 0, endLine: 3, endCharacter: 5 } }),
    );
    expect(env.clipboard.writeText).toHaveBeenCalledWith('whole');
    expect(asked.at(-1)).toBe(true);
  });

  it('goes on with a follow-up that is answered already', async () => {
    request.mockResolvedValueOnce({ ...answer, markdown: 'the next' });
    await newPanel().run('Q', () => Promise.resolve({ ...answer, followUps: [{ question: 'And?', id: 'b2' }] }));
    clicks.fire({ action: 'next', index: 0 });
    await settle();
    expect(request).toHaveBeenCalledWith('sleeptime/answer', { id: 'b2', uri: 'file:///r/a.py' });
    expect(shown()).toContain('the next');
    clicks.fire({ action: 'again', index: -1 });
    await settle();
    expect(ask).toHaveBeenCalledWith({ question: 'And?', uri: 'file:///r/a.py', fresh: true }, expect.anything());
  });

  it('passes on whether the answer was right, once, and thanks for it', async () => {
    await newPanel().run('Q', () => Promise.resolve({ ...answer, id: 'a1' }));
    expect(shown()).toContain('data-action="wrong"');
    clicks.fire({ action: 'wrong', index: -1 });
    await settle();
    expect(request).toHaveBeenCalledWith('sleeptime/feedback', { id: 'a1', right: false });
    expect(shown()).not.toContain('data-action="wrong"');
  });
});
