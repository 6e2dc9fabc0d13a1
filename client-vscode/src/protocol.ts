/**
 * What we and the server say to each other beyond LSP.
 * Mirrors server/sleeptime/lsp/protocol.py, name by name: tests/test_client_protocol.py compares the two.
 */

/** The server's own commands. Palette commands have other ids: the language client registers these itself. */
export const ServerCommand = {
  ask: 'sleeptime.ask',
  explainModule: 'sleeptime.explainModule',
} as const;
export type ServerCommand = (typeof ServerCommand)[keyof typeof ServerCommand];

export const STATUS_NOTIFICATION = 'sleeptime/status';
/** From us to the server: the window has the person's attention again. */
export const FOCUS_NOTIFICATION = 'sleeptime/focus';

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** The one argument of `sleeptime.ask`. `fresh` passes over ready answers and thinks again. */
export interface AskArguments {
  readonly question: string;
  readonly uri?: string;
  readonly position?: Position;
  readonly verbosity?: number;
  readonly fresh?: boolean;
  readonly partialResultToken?: string;
}

/** The one argument of `sleeptime.explainModule`. */
export interface ExplainModuleArguments {
  readonly uri: string;
  readonly partialResultToken?: string;
}

/** The next piece of an answer, as `$/progress` for the argument's `partialResultToken`. */
export interface AnswerPiece {
  readonly text: string;
}

/** Lines that support an answer: from the first line's start to the start of the line after the last. */
export interface EvidenceLink {
  readonly uri: string;
  readonly range: Range;
  readonly path: string;
  readonly symbol: string;
}

/** Where an answer came from: served verbatim; live from notes; live from source; static facts with no model. */
export type Source = 'cache' | 'notes' | 'live' | 'facts';

/** `question` is the one that `markdown` answers; `createdAt` is in seconds since the epoch. */
export interface AnswerResult {
  readonly markdown: string;
  readonly evidence: readonly EvidenceLink[];
  readonly question: string;
  readonly source: Source;
  readonly model: string;
  readonly createdAt: number;
  readonly fresh: boolean;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly generatedTokens: number;
  readonly removedCitations: number;
  readonly seconds: number;
  readonly cancelled: boolean;
}

export type State = 'starting' | 'indexing' | 'awake' | 'drowsy' | 'asleep' | 'answering' | 'paused' | 'stopped';

/** What Sleeptime is doing for one repository (`root`, an absolute path) or, with `root` "", in general. */
export interface StatusParams {
  readonly state: State;
  readonly root: string;
  readonly detail: string;
  readonly jobsDone: number;
  readonly jobsTotal: number;
  readonly model: string;
  readonly modelReason: string;
}
