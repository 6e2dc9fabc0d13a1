/** A stand-in for the `vscode` module: as much of it as the wiring touches, recording what was shown. */

import { vi } from 'vitest';

type Listener<T> = (value: T) => unknown;

export class EventEmitter<T> {
  private readonly listeners = new Set<Listener<T>>();
  readonly event = (listener: Listener<T>): { dispose: () => void } => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };
  fire(value: T): void {
    this.listeners.forEach((listener) => listener(value));
  }
  dispose(): void {
    this.listeners.clear();
  }
}

export class CancellationTokenSource {
  readonly token = { isCancellationRequested: false };
  cancel(): void {
    this.token.isCancellationRequested = true;
  }
  dispose(): void {
    // nothing is held
  }
}

export class Range {
  constructor(
    readonly startLine: number,
    readonly startCharacter: number,
    readonly endLine: number,
    readonly endCharacter: number,
  ) {}
}

export class Disposable {
  static from(...parts: { dispose: () => unknown }[]): Disposable {
    return new Disposable(() => {
      parts.forEach((part) => part.dispose());
    });
  }
  constructor(readonly dispose: () => void) {}
}

export class ThemeIcon {
  constructor(readonly id: string) {}
}

export class ThemeColor {
  constructor(readonly id: string) {}
}

export class MarkdownString {
  value = '';
  appendText(text: string): this {
    this.value += text;
    return this;
  }
}

export class TreeItem {
  constructor(
    readonly label: string,
    readonly collapsibleState = 0,
  ) {}
}

export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };
export const QuickPickItemKind = { Separator: -1, Default: 0 };
export const ProgressLocation = { Notification: 15, Window: 10 };
export const LogLevel = { Off: 0, Trace: 1, Info: 3 };

/** English is its own translation. */
export const l10n = {
  t: (message: string, ...values: (string | number)[]) =>
    message.replaceAll(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)])),
};

export const Uri = {
  joinPath: (base: { path: string }, ...parts: string[]) => ({ path: [base.path, ...parts].join('/') }),
  file: (path: string) => ({ path }),
  parse: (text: string) => ({ text, scheme: text.split(':')[0], fragment: '' }),
};

export const ViewColumn = { One: 1, Beside: -2 };
export const StatusBarAlignment = { Left: 1, Right: 2 };
export const LanguageStatusSeverity = { Information: 0, Warning: 1, Error: 2 };

export const barItem = { text: '', tooltip: '', command: '', name: '', show: vi.fn(), dispose: vi.fn() };
export const languageItem = { text: '', detail: '', busy: false, severity: 0, dispose: vi.fn() };
export const clicks = new EventEmitter<{ action: string; index: number }>();
export const closings = new EventEmitter<undefined>();
export const posted: { html: string; labels: string[] }[] = [];

export const webviewPanel = {
  reveal: vi.fn(),
  dispose: vi.fn(),
  onDidDispose: closings.event,
  webview: {
    html: '',
    cspSource: 'https://own.test',
    asWebviewUri: (uri: { path: string }) => uri.path,
    onDidReceiveMessage: clicks.event,
    postMessage: (message: { html: string; labels: string[] }) => posted.push(message),
  },
};

export class FakePicker {
  title = '';
  placeholder = '';
  value = '';
  items: { label: string }[] = [];
  private readonly changes = new EventEmitter<undefined>();
  private readonly accepts = new EventEmitter<undefined>();
  private readonly hides = new EventEmitter<undefined>();
  readonly onDidChangeValue = this.changes.event;
  readonly onDidAccept = this.accepts.event;
  readonly onDidHide = this.hides.event;
  readonly show = vi.fn();
  readonly dispose = vi.fn();
  get activeItems(): { label: string }[] {
    return this.items.slice(0, 1);
  }
  type(value: string): void {
    this.value = value;
    this.changes.fire(undefined);
  }
  accept(): void {
    this.accepts.fire(undefined);
  }
  hide(): void {
    this.hides.fire(undefined);
  }
}

const pickers: FakePicker[] = [];

/** The one that was opened last. */
export function lastPicker(): FakePicker {
  const picker = pickers.at(-1);
  if (picker === undefined) throw new Error('No picker was opened.');
  return picker;
}

export const treeView = { description: '', badge: undefined, dispose: vi.fn() };

/** What is set, by the names within `sleeptime`. */
export const settings = new Map<string, unknown>();

export const outputChannel = { info: vi.fn(), show: vi.fn(), dispose: vi.fn() };

export const workspace = {
  getConfiguration: () => ({ get: (name: string, fallback: unknown) => settings.get(name) ?? fallback }),
  workspaceFolders: undefined as { uri: unknown; name: string }[] | undefined,
  isTrusted: true,
  getWorkspaceFolder: () => undefined,
  onDidChangeWorkspaceFolders: new EventEmitter<undefined>().event,
};

export const window = {
  activeTextEditor: undefined,
  createOutputChannel: vi.fn(() => outputChannel),
  createQuickPick: () => {
    const picker = new FakePicker();
    pickers.push(picker);
    return picker;
  },
  showInformationMessage: vi.fn(),
  showWarningMessage: vi.fn(),
  showErrorMessage: vi.fn(),
  /** Cancels what runs with progress. */
  progressToken: { cancel: (): void => undefined },
  withProgress: (_options: unknown, task: (progress: unknown, token: unknown) => unknown) =>
    task(
      { report: vi.fn() },
      {
        onCancellationRequested: (stop: () => void) => {
          window.progressToken.cancel = stop;
        },
      },
    ),
  createTreeView: () => treeView,
  showQuickPick: vi.fn(),
  createStatusBarItem: () => barItem,
  createWebviewPanel: vi.fn(() => webviewPanel),
  showTextDocument: vi.fn(),
};
export const languages = { createLanguageStatusItem: () => languageItem };
export const registered = new Map<string, (...args: unknown[]) => unknown>();
export const commands = {
  registerCommand: (id: string, run: (...args: unknown[]) => unknown) => {
    registered.set(id, run);
    return { dispose: () => registered.delete(id) };
  },
  /** VS Code's Markdown engine, told apart from plain text by a tag. */
  executeCommand: (_id: string, markdown: string) => Promise.resolve(`<p>${markdown}</p>`),
};
export const env = { language: 'en', clipboard: { writeText: vi.fn() } };
export const extensions = { getExtension: vi.fn() };
