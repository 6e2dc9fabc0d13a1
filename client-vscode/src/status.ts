/** One language status item and one status-bar entry; both say the same. */

import { languages, LanguageStatusSeverity, StatusBarAlignment, window } from 'vscode';
import type { Disposable } from 'vscode';
import { DOCUMENTS } from './languages';
import type { State, StatusParams } from './protocol';

export interface StatusView {
  readonly icon: string;
  /** A few words, for the status bar. */
  readonly text: string;
  /** One line, for the language status. */
  readonly detail: string;
  readonly busy: boolean;
  readonly severity: 'information' | 'error';
}

const ICONS: Record<State, string> = {
  starting: 'loading~spin',
  indexing: 'sync~spin',
  awake: 'eye',
  drowsy: 'eye',
  asleep: 'eye-closed',
  answering: 'comment',
  paused: 'debug-pause',
  stopped: 'error',
};

/** What to show for a status: pure, so that it can be read in a test. */
export function statusView(status: StatusParams): StatusView {
  const progress = status.jobsTotal > 0 ? ` · ${status.jobsDone} of ${status.jobsTotal}` : '';
  const model = status.model === '' ? '' : `model ${status.model}`;
  return {
    icon: `$(${ICONS[status.state]})`,
    text: status.state + progress,
    detail: [status.detail, model].filter((part) => part !== '').join(' · '),
    busy: ['starting', 'indexing', 'answering'].includes(status.state),
    severity: status.state === 'stopped' ? 'error' : 'information',
  };
}

/** Shows statuses until disposed of. */
export class StatusDisplay implements Disposable {
  private readonly language = languages.createLanguageStatusItem('sleeptime.status', DOCUMENTS);
  private readonly bar = window.createStatusBarItem('sleeptime.status', StatusBarAlignment.Right);

  constructor() {
    this.language.name = 'Sleeptime';
    this.language.command = { command: 'sleeptime.showLogs', title: 'Logs' };
    this.bar.name = 'Sleeptime';
    this.bar.command = 'sleeptime.showMenu';
    this.bar.show();
  }

  show(status: StatusParams): void {
    const view = statusView(status);
    this.language.text = `Sleeptime: ${view.text}`;
    this.language.detail = view.detail;
    this.language.busy = view.busy;
    this.language.severity =
      view.severity === 'error' ? LanguageStatusSeverity.Error : LanguageStatusSeverity.Information;
    this.bar.text = `${view.icon} ${view.text}`;
    this.bar.tooltip = [`Sleeptime: ${view.text}`, view.detail, status.modelReason]
      .filter((line) => line !== '')
      .join('\n');
  }

  dispose(): void {
    this.language.dispose();
    this.bar.dispose();
  }
}
