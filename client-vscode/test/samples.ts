/** Values as the server sends them. */

import type { AnswerResult, ModuleState, ReadyQuestion, StatusParams } from '../src/protocol';

export const range = { start: { line: 2, character: 0 }, end: { line: 3, character: 5 } };

export const answer: AnswerResult = {
  question: 'Q',
  markdown: 'whole',
  evidence: [{ uri: 'file:///r/a.py', path: 'a.py', range, symbol: '' }],
  source: 'live',
  model: 'echo',
  createdAt: 0,
  seconds: 1,
  fresh: true,
  promptTokens: 0,
  cachedTokens: 0,
  generatedTokens: 0,
  removedCitations: 0,
  cancelled: false,
  id: '',
  thread: '',
  followUps: [],
  changedLines: 0,
  commit: '',
  footer: 'written now · echo',
};

export const ready: ReadyQuestion = {
  question: 'What does greet do?',
  id: 'a1',
  uri: 'file:///r/a.py',
  range,
  path: 'a.py',
  symbol: 'greet',
  level: 'symbol',
  intent: 'purpose',
  createdAt: 0,
  model: 'echo',
  preview: 'It greets.',
  fresh: true,
};

export const status: StatusParams = {
  state: 'asleep',
  root: '/r',
  detail: 'src/app.py',
  jobsDone: 12,
  jobsTotal: 80,
  model: 'echo',
  modelReason: 'chosen',
  briefing: '',
};

export const module = (path: string, state: ModuleState['state'] = 'ready'): ModuleState => ({
  uri: `file:///r/${path}`,
  path,
  state,
  fresh: 2,
  stale: 0,
  waiting: 1,
});
