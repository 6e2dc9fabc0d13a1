import { expect, it } from 'vitest';
import type { StatusParams } from '../src/protocol';
import { StatusDisplay, statusView } from '../src/status';
import { barItem, languageItem } from './vscode';

const status: StatusParams = {
  state: 'asleep',
  root: '/r',
  detail: 'src/app.py',
  jobsDone: 12,
  jobsTotal: 80,
  model: 'echo',
  modelReason: 'chosen',
};

it('says how far it is while asleep, and what it thinks about', () => {
  expect(statusView(status)).toMatchObject({
    text: 'asleep · 12 of 80',
    detail: 'src/app.py · model echo',
    busy: false,
  });
});

it('leaves out what is not known', () => {
  expect(statusView({ ...status, state: 'awake', jobsTotal: 0, detail: '', model: '' })).toMatchObject({
    text: 'awake',
    detail: '',
  });
});

it('marks a stopped server as an error', () => {
  expect(statusView({ ...status, state: 'stopped' }).severity).toBe('error');
});

it('shows the same words in both places, and the reason for the model in the tooltip', () => {
  new StatusDisplay().show(status);
  expect(barItem.text).toBe('$(eye-closed) asleep · 12 of 80');
  expect(barItem.tooltip).toContain('chosen');
  expect(languageItem.text).toBe('Sleeptime: asleep · 12 of 80');
});
