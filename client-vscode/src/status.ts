/** One language status item and one status-bar entry; both say the same, and a click opens a menu. */

import {
  commands,
  l10n,
  languages,
  LanguageStatusSeverity,
  QuickPickItemKind,
  StatusBarAlignment,
  window,
} from 'vscode';
import type { Disposable, QuickPickItem } from 'vscode';
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

interface Entry extends QuickPickItem {
  readonly command?: string;
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
  const progress = status.jobsTotal > 0 ? ` · ${l10n.t('{0} of {1}', status.jobsDone, status.jobsTotal)}` : '';
  const model = status.model === '' ? '' : l10n.t('model {0}', status.model);
  return {
    icon: `$(${ICONS[status.state]})`,
    text: stateName(status.state) + progress,
    detail: [status.detail, model].filter((part) => part !== '').join(' · '),
    busy: ['starting', 'indexing', 'answering'].includes(status.state),
    severity: status.state === 'stopped' ? 'error' : 'information',
  };
}

/** What a click on the status-bar entry offers: only what makes sense now. */
export function menuEntries(status: StatusParams | undefined): Entry[] {
  const state = status?.state ?? 'starting';
  const server: Entry[] = [
    { label: `$(output) ${l10n.t('Show logs')}`, command: 'sleeptime.showLogs' },
    { label: `$(debug-restart) ${l10n.t('Restart server')}`, command: 'sleeptime.restartServer' },
  ];
  if (state === 'stopped') {
    return [
      { label: `$(cloud-download) ${l10n.t('Install the server')}`, command: 'sleeptime.installServer' },
      ...server,
    ];
  }
  const pause: Entry =
    state === 'paused'
      ? { label: `$(debug-start) ${l10n.t('Resume')}`, command: 'sleeptime.resume' }
      : { label: `$(debug-pause) ${l10n.t('Pause for an hour')}`, command: 'sleeptime.pauseAnHour' };
  return [
    { label: `$(comment-discussion) ${l10n.t('Ask about this code…')}`, command: 'sleeptime.askQuestion' },
    {
      label: `$(git-pull-request) ${l10n.t('What changed since I was here?')}`,
      description: status?.briefing ?? '',
      command: 'sleeptime.showBriefing',
    },
    { label: '', kind: QuickPickItemKind.Separator },
    { label: `$(eye-closed) ${l10n.t('Sleep now')}`, command: 'sleeptime.sleepNow' },
    pause,
    { label: `$(graph) ${l10n.t('Show report')}`, command: 'sleeptime.showReport' },
    { label: '', kind: QuickPickItemKind.Separator },
    { label: `$(pulse) ${l10n.t('Run the doctor')}`, command: 'sleeptime.runDoctor' },
    ...server,
  ];
}

/** Shows statuses until disposed of. */
export class StatusDisplay implements Disposable {
  private readonly language = languages.createLanguageStatusItem('sleeptime.status', DOCUMENTS);
  private readonly bar = window.createStatusBarItem('sleeptime.status', StatusBarAlignment.Right);
  private last: StatusParams | undefined;

  constructor() {
    this.language.name = 'Sleeptime';
    this.language.command = { command: 'sleeptime.showMenu', title: l10n.t('Menu') };
    this.bar.name = 'Sleeptime';
    this.bar.command = 'sleeptime.showMenu';
    this.bar.show();
  }

  /** The last status that was shown. */
  status(): StatusParams | undefined {
    return this.last;
  }

  show(status: StatusParams): void {
    this.last = status;
    const view = statusView(status);
    this.language.text = `Sleeptime: ${view.text}`;
    this.language.detail = view.detail;
    this.language.busy = view.busy;
    this.language.severity =
      view.severity === 'error' ? LanguageStatusSeverity.Error : LanguageStatusSeverity.Information;
    this.bar.text = `${view.icon} ${view.text}`;
    this.bar.tooltip = [`Sleeptime: ${view.text}`, view.detail, status.modelReason, status.briefing]
      .filter((line) => line !== '')
      .join('\n');
  }

  async showMenu(): Promise<void> {
    const { text, detail } = this.last === undefined ? { text: '', detail: '' } : statusView(this.last);
    const title = ['Sleeptime', text, detail].filter((part) => part !== '').join(' · ');
    const chosen = await window.showQuickPick(menuEntries(this.last), { title });
    if (chosen?.command !== undefined) await commands.executeCommand(chosen.command);
  }

  dispose(): void {
    this.language.dispose();
    this.bar.dispose();
  }
}

function stateName(state: State): string {
  const names: Record<State, string> = {
    starting: l10n.t('starting'),
    indexing: l10n.t('indexing'),
    awake: l10n.t('awake'),
    drowsy: l10n.t('drowsy'),
    asleep: l10n.t('asleep'),
    answering: l10n.t('answering'),
    paused: l10n.t('paused'),
    stopped: l10n.t('stopped'),
  };
  return names[state];
}
