/** Answers as HTML: pure text in, text out. VS Code's own Markdown engine renders the body; see panel.ts. */

import { l10n } from 'vscode';
import type { AnswerResult, EvidenceLink, ShowResult } from './protocol';
import { plain } from './words';

/** What the panel shows of an answer. */
export type Shown = Pick<
  AnswerResult,
  'markdown' | 'evidence' | 'footer' | 'followUps' | 'id' | 'thread' | 'removedCitations' | 'cancelled'
>;

/** The rest of what is shown without being one answer of the server's: nothing to follow up, to rate or to cancel. */
export const NOT_ONE_ANSWER = {
  footer: '',
  followUps: [],
  id: '',
  thread: '',
  removedCitations: 0,
  cancelled: false,
} as const;

/** An answer that is still being written has no `answer`; one that failed has `problem`, which is '' if it was stopped. */
export interface AnswerView {
  readonly question: string;
  readonly body: string;
  readonly answer?: Shown | undefined;
  readonly problem?: string | undefined;
  /** What the person said: whether the answer was right. */
  readonly verdict?: boolean | undefined;
}

/** `body` is HTML from VS Code's Markdown engine; everything else is escaped here. */
export function answerHtml({ question, body, answer, problem, verdict }: AnswerView): string {
  const busy = answer === undefined && problem === undefined;
  const parts = [
    `<h1>${codeSpans(question)}</h1>`,
    `<article aria-live="polite" aria-busy="${String(busy)}">${body}</article>`,
    busy ? `<p class="thinking" role="status">${escapeHtml(l10n.t('Thinking…'))}</p>` : '',
    problemHtml(answer?.cancelled === true ? '' : problem),
    answer === undefined ? '' : answerParts(answer, verdict),
    `<nav>${buttons(busy, answer)}</nav>`,
  ];
  return parts.join('\n');
}

/**
 * Several answers as one: what is shown for a code lens. They are put together anew, for the server's own text has
 * links to files, which VS Code's Markdown engine does not render.
 */
export function together({ markdown, answers }: ShowResult): Shown {
  const [first, ...others] = answers;
  if (first !== undefined && others.length === 0) return first;
  const parts = answers.map((answer) => `### ${answer.question}\n\n${answer.markdown}`);
  return {
    markdown: parts.length === 0 ? markdown : parts.join('\n\n'),
    evidence: answers.flatMap((answer) => answer.evidence),
    ...NOT_ONE_ANSWER,
  };
}

/** `src/app.py:12-20`, lines counted from one as people do. */
export function evidenceLabel({ path, range }: EvidenceLink): string {
  const [first, last] = [range.start.line + 1, lastLine(range)];
  return last > first ? `${path}:${first}-${last}` : `${path}:${first}`;
}

/**
 * Markdown whose images have become links. VS Code fetches images in hovers, and a docstring of a cloned repository
 * must not be able to tell anybody that it is being read.
 */
export function withoutImages(markdown: string): string {
  return markdown.replaceAll(/!(\[[^\]]*\][([])/g, '$1');
}

/** The same for text that comes in pieces: outside of code, the mark of an image is written so that it stands as it is. */
export function defuser(): (piece: string) => string {
  let inCode = false;
  let afterMark = false;
  return (piece) => {
    const parts = (afterMark && piece.startsWith('[') ? `\\${piece}` : piece).split(/(`+)/);
    const safe = parts.map((part) => {
      if (part.startsWith('`')) inCode = !inCode;
      return inCode ? part : part.replaceAll('![', '!\\[');
    });
    afterMark = !inCode && piece.endsWith('!');
    return safe.join('');
  };
}

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** The page around it. No image, font, frame or script but our own can load, whatever an answer contains. */
export function pageHtml(script: string, style: string, source: string): string {
  const policy = `default-src 'none'; style-src ${source}; script-src ${source}; base-uri 'none'; form-action 'none'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" href="${style}">
<title>Sleeptime</title>
</head>
<body><main id="answer"></main><script src="${script}"></script></body>
</html>`;
}

/** A line of plain text in which names are set as code. */
function codeSpans(line: string): string {
  return escapeHtml(line).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

function problemHtml(problem: string | undefined): string {
  if (problem === undefined) return '';
  return `<p class="problem" role="alert">${escapeHtml(problem === '' ? l10n.t('Stopped.') : problem)}</p>`;
}

function answerParts({ evidence, followUps, footer, id }: Shown, verdict: boolean | undefined): string {
  const evidenceItems = evidence.map((item, index) => link('open', index, evidenceLabel(item)));
  const nextItems = followUps.map(({ question }, index) => link('next', index, plain(question)));
  return [
    listHtml('evidence', l10n.t('Evidence'), evidenceItems),
    listHtml('next', l10n.t('Ask next'), nextItems),
    id === '' ? '' : `<p class="verdict">${verdictHtml(verdict)}</p>`,
    footer === '' ? '' : `<footer>${escapeHtml(footer)}</footer>`,
  ].join('\n');
}

function verdictHtml(verdict: boolean | undefined): string {
  if (verdict === true) return escapeHtml(l10n.t('Noted: it was right.'));
  if (verdict === false) return escapeHtml(l10n.t('Noted: it was wrong, and is not given again.'));
  const question = escapeHtml(l10n.t('Was this right?'));
  return `${question} ${button('right', l10n.t('Yes'))} ${button('wrong', l10n.t('No'))}`;
}

function listHtml(name: string, title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  const list = items.map((item) => `<li>${item}</li>`).join('');
  return `<h2>${escapeHtml(title)}</h2><ul class="${name}">${list}</ul>`;
}

function link(action: string, index: number, text: string): string {
  return `<a href="#" data-action="${action}" data-index="${index}">${escapeHtml(text)}</a>`;
}

function buttons(busy: boolean, answer: Shown | undefined): string {
  if (busy) return button('stop', l10n.t('Stop'));
  const goOn = answer === undefined || answer.thread === '' ? '' : button('more', l10n.t('Ask a follow-up…'));
  return button('copy', l10n.t('Copy')) + button('again', l10n.t('Regenerate')) + goOn;
}

function button(action: string, label: string): string {
  return `<button data-action="${action}">${escapeHtml(label)}</button>`;
}

/** A range that ends at column 0 does not include that line. */
function lastLine(range: EvidenceLink['range']): number {
  return range.end.character === 0 && range.end.line > range.start.line ? range.end.line : range.end.line + 1;
}
