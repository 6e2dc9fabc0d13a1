/**
 * What we and the server say to each other beyond LSP.
 * Mirrors server/sleeptime/lsp/protocol.py; tests/test_client_settings.py compares the names.
 */

/** The server's own commands. Palette commands have other ids: the language client registers these itself. */
export const ServerCommand = {
  ask: 'sleeptime.ask',
  explainModule: 'sleeptime.explainModule',
} as const;
export type ServerCommand = (typeof ServerCommand)[keyof typeof ServerCommand];

export const STATUS_NOTIFICATION = 'sleeptime/status';

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** The one argument of `sleeptime.ask`. */
export interface AskArguments {
  readonly question: string;
  readonly uri?: string;
  readonly position?: Position;
  readonly verbosity?: number;
  /** Skip what is cached and think again. */
  readonly fresh?: boolean;
}

/** The one argument of `sleeptime.explainModule`. */
export interface ExplainArguments {
  readonly uri: string;
  readonly fresh?: boolean;
}

/** The next piece of an answer, as `$/progress` for the argument's `partialResultToken`. */
export interface Piece {
  readonly text: string;
}

export interface Evidence {
  readonly uri: string;
  readonly path: string;
  readonly range: Range;
}

/** Where an answer came from: served verbatim; live from notes; live from source; static facts with no model. */
export type Source = 'cache' | 'notes' | 'live' | 'facts';

export interface Answer {
  readonly question: string;
  readonly markdown: string;
  readonly evidence: readonly Evidence[];
  readonly source: Source;
  readonly model: string;
  /** Seconds since the epoch; 0 if it was made just now from facts. */
  readonly createdAt: number;
  readonly fresh: boolean;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly generatedTokens: number;
  readonly seconds: number;
}

export type State = 'starting' | 'indexing' | 'awake' | 'drowsy' | 'asleep' | 'answering' | 'paused' | 'stopped';

export interface Status {
  readonly state: State;
  readonly root: string;
  readonly detail: string;
  readonly jobsDone: number;
  readonly jobsTotal: number;
  readonly model: string;
  readonly modelReason: string;
}

/** The languages that the server indexes, by VS Code's identifiers. */
export const LANGUAGES = [
  'python',
  'javascript',
  'javascriptreact',
  'typescript',
  'typescriptreact',
  'go',
  'rust',
  'java',
  'c',
  'cpp',
  'csharp',
  'ruby',
  'php',
  'shellscript',
  'markdown',
  'restructuredtext',
] as const;
