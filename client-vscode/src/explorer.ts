/** The view "Sleeptime" in the explorer: each module's state and, under it, the questions that are answered already. */

import { EventEmitter, l10n, MarkdownString, ThemeColor, ThemeIcon, TreeItem, window, workspace } from 'vscode';
import { commands, Disposable, TreeItemCollapsibleState, Uri } from 'vscode';
import type { TreeDataProvider, TreeView } from 'vscode';
import type { SleeptimeServer } from './client';
import { control } from './commands';
import { below, mostUrgent, total } from './notes';
import type { Counts, Note, Topic } from './notes';
import { ServerRequest } from './protocol';
import type { ControlAction, ModulesResult, ModuleState, Readiness, StatusParams } from './protocol';
import { ago, fileName, plain } from './words';

const VIEW = 'sleeptime.notes';
/** While it thinks, states change with every answer; the view follows at this pace. */
const REFRESH_MS = 1500;

export class NotesView extends Disposable implements TreeDataProvider<Note> {
  private readonly changes = new EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changes.event;
  private readonly view: TreeView<Note>;
  private readonly briefings = new Map<string, string>();
  private waiting: NodeJS.Timeout | undefined;

  constructor(private readonly server: SleeptimeServer) {
    const parts: Disposable[] = [];
    super(() => {
      clearTimeout(this.waiting);
      Disposable.from(...parts).dispose();
    });
    this.view = window.createTreeView(VIEW, { treeDataProvider: this, showCollapseAll: true });
    parts.push(
      ...[this.view, this.changes],
      server.onChanged(() => {
        this.refreshSoon();
      }),
      server.onStatus((status) => {
        this.onStatus(status);
      }),
      workspace.onDidChangeWorkspaceFolders(() => {
        this.refreshSoon();
      }),
      ...nodeCommands(server),
    );
  }

  async getChildren(note?: Note): Promise<Note[]> {
    if (note === undefined) return this.top();
    if (note.kind === 'root') return this.folder(note.root);
    if (note.kind === 'module') return this.questions(note.root, note.module);
    if (note.kind !== 'folder') return [];
    const own = note.own === undefined ? [] : await this.questions(note.root, note.own);
    return [...own, ...below(note.root, note.path, note.modules)];
  }

  getTreeItem(note: Note): TreeItem {
    switch (note.kind) {
      case 'root':
        return new TreeItem(note.name, TreeItemCollapsibleState.Expanded);
      case 'topic':
        return topicItem(note.topic, note.root, this.briefings.get(note.root) ?? '');
      case 'folder':
        return folderItem(note);
      case 'module':
        return moduleItem(note);
      case 'question':
        return questionItem(note);
    }
  }

  private async top(): Promise<Note[]> {
    const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
    const [only, ...others] = folders;
    if (only === undefined) return [];
    if (others.length === 0) return this.folder(only.uri.toString());
    return folders.map(({ uri, name }) => ({ kind: 'root', root: uri.toString(), name }));
  }

  private async folder(root: string): Promise<Note[]> {
    const found = await this.modules(root);
    if (found === undefined || found.modules.length === 0) return [];
    this.view.description = countsText(found);
    const topics: Topic[] = ['overview', 'tour', 'briefing'];
    return [...topics.map((topic) => ({ kind: 'topic', root, topic }) as const), ...below(root, '', found.modules)];
  }

  /** Undefined while no server runs or the folder is not indexed: the view then shows its welcome. */
  private async modules(uri: string): Promise<ModulesResult | undefined> {
    try {
      return await this.server.request(ServerRequest.modules, { uri });
    } catch {
      return undefined;
    }
  }

  private async questions(root: string, { uri }: ModuleState): Promise<Note[]> {
    const questions = await this.server.request(ServerRequest.questions, { uri });
    return questions.map((question) => ({ kind: 'question', root, question }));
  }

  private onStatus(status: StatusParams): void {
    if (status.root !== '') this.briefings.set(Uri.file(status.root).toString(), status.briefing);
    const offers = [...this.briefings.values()].filter((line) => line !== '');
    this.view.badge = offers.length === 0 ? undefined : { value: offers.length, tooltip: offers.join('\n') };
    this.refreshSoon();
  }

  private refreshSoon(): void {
    this.waiting ??= setTimeout(() => {
      this.waiting = undefined;
      this.changes.fire(undefined);
    }, REFRESH_MS);
  }
}

/** What the context menu offers; each gets the node that was clicked. */
function nodeCommands(server: SleeptimeServer): Disposable[] {
  const act = (action: ControlAction) => (note: Note) => control(server, { action, ...subjectOf(note) });
  const handlers: Record<string, (note: Note) => unknown> = {
    thinkNext: act('thinkNext'),
    forgetNote: act('forget'),
    exclude: act('exclude'),
    include: act('include'),
    regenerate: (note) =>
      note.kind === 'question'
        ? commands.executeCommand('sleeptime.askAgain', note.question)
        : commands.executeCommand('sleeptime.explainThisModule', Uri.parse(subjectOf(note).uri), true),
  };
  return Object.entries(handlers).map(([name, run]) => commands.registerCommand(`sleeptime.${name}`, run));
}

function subjectOf(note: Note): { uri: string; symbol?: string } {
  switch (note.kind) {
    case 'question':
      return { uri: note.question.uri, symbol: note.question.symbol };
    case 'module':
      return { uri: note.module.uri };
    case 'folder':
      return { uri: note.own?.uri ?? note.root };
    default:
      return { uri: note.root };
  }
}

function topicItem(topic: Topic, root: string, briefing: string): TreeItem {
  const [label, icon, command] = {
    overview: [l10n.t('Overview'), 'repo', 'sleeptime.showOverview'] as const,
    tour: [l10n.t('Tour'), 'compass', 'sleeptime.takeTour'] as const,
    briefing: [l10n.t('What changed'), 'git-pull-request', 'sleeptime.showBriefing'] as const,
  }[topic];
  const item = new TreeItem(label);
  item.iconPath = new ThemeIcon(icon);
  item.command = { command, title: label, arguments: [Uri.parse(root)] };
  if (topic === 'briefing') item.description = briefing;
  return item;
}

function folderItem({ path, own, modules }: Note & { kind: 'folder' }): TreeItem {
  const all = own === undefined ? modules : [own, ...modules];
  const item = new TreeItem(fileName(path), TreeItemCollapsibleState.Collapsed);
  item.iconPath = stateIcon(mostUrgent(all));
  item.description = countsText(total(all));
  item.tooltip = path;
  if (own !== undefined) item.contextValue = 'module';
  return item;
}

function moduleItem({ module }: Note & { kind: 'module' }): TreeItem {
  const item = new TreeItem(fileName(module.path), TreeItemCollapsibleState.Collapsed);
  item.id = module.uri;
  item.iconPath = stateIcon(module.state);
  item.description = countsText(module);
  item.tooltip = `${module.path}\n${stateName(module.state)}`;
  item.contextValue = module.state === 'excluded' ? 'module.excluded' : 'module';
  return item;
}

function questionItem({ question: ready }: Note & { kind: 'question' }): TreeItem {
  const item = new TreeItem(plain(ready.question));
  item.iconPath = stateIcon(ready.fresh ? 'ready' : 'stale');
  item.description = ready.fresh ? '' : l10n.t('out of date');
  item.tooltip = new MarkdownString().appendText(ready.preview);
  if (ready.model !== '') item.tooltip.appendText(`\n\n${ready.model} · ${ago(ready.createdAt)}`);
  item.contextValue = 'question';
  item.command = { command: 'sleeptime.openReady', title: l10n.t('Open'), arguments: [ready] };
  return item;
}

function countsText({ fresh, stale, waiting }: Counts): string {
  const parts = [
    fresh > 0 ? l10n.t('{0} ready', fresh) : '',
    stale > 0 ? l10n.t('{0} out of date', stale) : '',
    waiting > 0 ? l10n.t('{0} waiting', waiting) : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function stateIcon(state: Readiness): ThemeIcon {
  const icons: Record<Readiness, ThemeIcon> = {
    ready: new ThemeIcon('pass', new ThemeColor('testing.iconPassed')),
    thinking: new ThemeIcon('loading~spin'),
    stale: new ThemeIcon('history', new ThemeColor('list.warningForeground')),
    waiting: new ThemeIcon('circle-outline', new ThemeColor('disabledForeground')),
    excluded: new ThemeIcon('circle-slash', new ThemeColor('disabledForeground')),
  };
  return icons[state];
}

function stateName(state: Readiness): string {
  const names: Record<Readiness, string> = {
    ready: l10n.t('All that was thought about it holds'),
    thinking: l10n.t('Being thought about'),
    stale: l10n.t('The code changed since it was thought about'),
    waiting: l10n.t('Waiting for its turn'),
    excluded: l10n.t('Never thought about'),
  };
  return names[state];
}
