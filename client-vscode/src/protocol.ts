/**
 * What we and the server say to each other beyond LSP.
 * Mirrors server/sleeptime/lsp/protocol.py, name by name: tests/test_client_protocol.py compares the two.
 */

/** The server's own commands. Palette commands have other ids: the language client registers these itself. */
export const ServerCommand = {
  ask: 'sleeptime.ask',
  explainModule: 'sleeptime.explainModule',
  show: 'sleeptime.show',
  forget: 'sleeptime.forget',
} as const;
export type ServerCommand = (typeof ServerCommand)[keyof typeof ServerCommand];

/** Requests of our own; each takes one object. */
export const ServerRequest = {
  suggest: 'sleeptime/suggest',
  questions: 'sleeptime/questions',
  answer: 'sleeptime/answer',
  modules: 'sleeptime/modules',
  threads: 'sleeptime/threads',
  thread: 'sleeptime/thread',
  deleteThread: 'sleeptime/deleteThread',
  control: 'sleeptime/control',
  feedback: 'sleeptime/feedback',
  getStatus: 'sleeptime/getStatus',
  briefing: 'sleeptime/briefing',
} as const;
export type ServerRequest = (typeof ServerRequest)[keyof typeof ServerRequest];

export const STATUS_NOTIFICATION = 'sleeptime/status';
/** From us to the server: the window has the person's attention again. */
export const FOCUS_NOTIFICATION = 'sleeptime/focus';
export const CHANGED_NOTIFICATION = 'sleeptime/changed';

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/**
 * The one argument of `sleeptime.ask`. `fresh` passes over ready answers and thinks again. `thread` goes on with a
 * conversation; without it, one begins.
 */
export interface AskArguments {
  readonly question: string;
  readonly uri?: string;
  readonly position?: Position;
  readonly verbosity?: number;
  readonly fresh?: boolean;
  readonly thread?: string;
  readonly partialResultToken?: string;
}

/** The one argument of `sleeptime.explainModule`. */
export interface ExplainModuleArguments {
  readonly uri: string;
  readonly fresh?: boolean;
  readonly partialResultToken?: string;
}

/**
 * The one argument of `sleeptime.show`, which code lenses and code actions run. `symbol` '' is the file; `intent` ''
 * means all that is answered about it.
 */
export interface ShowArguments {
  readonly uri: string;
  readonly symbol?: string;
  readonly intent?: string;
  readonly fresh?: boolean;
}

/** What was typed so far, and where the cursor is. */
export interface SuggestArguments {
  readonly text?: string;
  readonly uri?: string;
  readonly position?: Position;
  readonly limit?: number;
}

/** A file, a symbol of it, or a folder for the repository. */
export interface QuestionsArguments {
  readonly uri: string;
  readonly symbol?: string;
}

/** The id of a ready question; `uri` says which folder is meant. */
export interface AnswerArguments {
  readonly id: string;
  readonly uri?: string;
}

/** Which folder; without it, the first. */
export interface FolderArguments {
  readonly uri?: string;
}

/** `query` '' lists all conversations, the latest first. */
export interface ThreadsArguments {
  readonly uri?: string;
  readonly query?: string;
  readonly limit?: number;
}

export interface ThreadArguments {
  readonly id: string;
}

export type ControlAction = 'pause' | 'resume' | 'sleep' | 'thinkNext' | 'forget' | 'exclude' | 'include';

/** `uri` and `symbol` say what to think about next, forget, exclude or include; `minutes` how long to pause or sleep. */
export interface ControlArguments {
  readonly action: ControlAction;
  readonly uri?: string;
  readonly symbol?: string;
  readonly minutes?: number;
}

export interface FeedbackArguments {
  readonly id: string;
  readonly right: boolean;
}

/** Which folder; `since` is a revision or a time, '' when the person was last here. */
export interface BriefingArguments {
  readonly uri?: string;
  readonly since?: string;
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

/**
 * A question whose answer is ready: `id` opens it at once. `preview` is the answer's first sentence; `range` is where
 * its symbol is defined, null for a file or more.
 */
export interface ReadyQuestion {
  readonly question: string;
  readonly id: string;
  readonly uri: string;
  readonly range: Range | null;
  readonly path: string;
  readonly symbol: string;
  readonly level: string;
  readonly intent: string;
  readonly createdAt: number;
  readonly model: string;
  readonly preview: string;
  readonly fresh: boolean;
}

/** A question to go on with, which is answered already. */
export interface FollowUp {
  readonly question: string;
  readonly id: string;
}

/**
 * `question` is the one that `markdown` answers; `createdAt` is in seconds since the epoch. `id` is '' if the answer is
 * not kept; `changedLines` of the cited lines are no longer what they were.
 */
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
  readonly id: string;
  readonly thread: string;
  readonly followUps: readonly FollowUp[];
  readonly changedLines: number;
  readonly commit: string;
  readonly footer: string;
}

/** What was shown as one Markdown text, and its answers. `uri` is the document that the editor opened, or null. */
export interface ShowResult {
  readonly markdown: string;
  readonly answers: readonly AnswerResult[];
  readonly uri: string | null;
}

export type Readiness = 'ready' | 'thinking' | 'stale' | 'waiting' | 'excluded';

/** A file in the explorer: how many answers about it are fresh and stale, and how many thoughts wait. */
export interface ModuleState {
  readonly uri: string;
  readonly path: string;
  readonly state: Readiness;
  readonly fresh: number;
  readonly stale: number;
  readonly waiting: number;
}

/** The counts are of everything in the folder, packages and the repository included. */
export interface ModulesResult {
  readonly root: string;
  readonly modules: readonly ModuleState[];
  readonly fresh: number;
  readonly stale: number;
  readonly waiting: number;
}

export interface ThreadSummary {
  readonly id: string;
  readonly title: string;
  readonly updatedAt: number;
  readonly turns: number;
}

export interface ThreadTurn {
  readonly asked: string;
  readonly askedAt: number;
  readonly answer: AnswerResult;
}

/** Answers or facts about these files changed; no paths means that any may have. */
export interface ChangedParams {
  readonly root: string;
  readonly paths: readonly string[];
}

export type State = 'starting' | 'indexing' | 'awake' | 'drowsy' | 'asleep' | 'answering' | 'paused' | 'stopped';

/**
 * What Sleeptime is doing for one repository (`root`, an absolute path) or, with `root` "", in general.
 * `briefing` offers in one line what changed while the person was away, '' if there is nothing to tell.
 */
export interface StatusParams {
  readonly state: State;
  readonly root: string;
  readonly detail: string;
  readonly jobsDone: number;
  readonly jobsTotal: number;
  readonly model: string;
  readonly modelReason: string;
  readonly briefing: string;
}
