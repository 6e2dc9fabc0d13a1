import { beforeEach, expect, it } from 'vitest';
import { lazyTrace } from '../src/trace';
import { LogLevel, outputChannel, settings, window } from './vscode';

beforeEach(() => {
  settings.clear();
  window.createOutputChannel.mockClear();
});

it('has no channel until something is written into it', () => {
  const { channel, dispose } = lazyTrace();
  expect(window.createOutputChannel).not.toHaveBeenCalled();
  channel.trace('a message');
  channel.trace('another');
  expect(window.createOutputChannel).toHaveBeenCalledOnce();
  expect(outputChannel.info).toHaveBeenCalledWith('a message');
  dispose();
});

it('tells the language client of the setting as if it were its level', () => {
  const { channel, settingChanged } = lazyTrace();
  const levels: number[] = [];
  channel.onDidChangeLogLevel((level) => levels.push(level));
  settings.set('trace.server', 'verbose');
  settingChanged();
  settings.delete('trace.server');
  settingChanged();
  expect(levels).toEqual([LogLevel.Trace, LogLevel.Info]);
});
