import { describe, expect, it } from 'vitest';
import { menuEntries, StatusDisplay, statusView } from '../src/status';
import { status } from './samples';
import { barItem, languageItem } from './vscode';

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

describe('the menu', () => {
  const offered = (state: typeof status.state): (string | undefined)[] =>
    menuEntries({ ...status, state }).map(({ command }) => command);

  it('pauses or resumes, whichever makes sense', () => {
    expect(offered('asleep')).toContain('sleeptime.pauseAnHour');
    expect(offered('paused')).toContain('sleeptime.resume');
    expect(offered('paused')).not.toContain('sleeptime.pauseAnHour');
  });

  it('offers to install the server, and nothing that needs it, while there is none', () => {
    expect(offered('stopped')).toEqual(['sleeptime.installServer', 'sleeptime.showLogs', 'sleeptime.restartServer']);
  });
});
