/** Answers as HTML: pure text in, text out. VS Code's own Markdown engine renders the body; see panel.ts. */

import type { AnswerResult, EvidenceLink, Source } from './protocol';

const SOURCES: Record<Source, string> = {
  cache: 'answered while you were away',
  notes: 'written now, from the notes',
  live: 'written now, from the source',
  facts: 'static facts, no model',
};

/** An answer that is still being written has no `answer`; one that failed has `problem`. */
export interface AnswerView {
  readonly question: string;
  readonly body: string;
  readonly answer?: AnswerResult | undefined;
  readonly problem?: string | undefined;
}

/** `body` is HTML from VS Code's Markdown engine; everything else is escaped here. */
export function answerHtml({ question, body, answer, problem }: AnswerView): string {
  const busy = answer === undefined && problem === undefined;
  const parts = [
    `<h1>${escapeHtml(question)}</h1>`,
    `<article aria-live="polite" aria-busy="${String(busy)}">${body}</article>`,
    busy ? '<p class="thinking" role="status">Thinking…</p>' : '',
    problem === undefined ? '' : `<p class="problem" role="alert">${escapeHtml(problem)}</p>`,
    answer === undefined ? '' : evidenceHtml(answer.evidence) + `<footer>${escapeHtml(footer(answer))}</footer>`,
    `<nav>${buttons(busy)}</nav>`,
  ];
  return parts.join('\n');
}

/** `src/app.py:12-20`, lines counted from one as people do. */
export function evidenceLabel({ path, range }: EvidenceLink): string {
  const [first, last] = [range.start.line + 1, lastLine(range)];
  return last > first ? `${path}:${first}-${last}` : `${path}:${first}`;
}

/** One line on where the answer came from and what it cost. */
export function footer(answer: AnswerResult): string {
  const tokens = answer.promptTokens + answer.generatedTokens;
  return [
    SOURCES[answer.source],
    answer.fresh ? '' : 'the code has changed since',
    answer.removedCitations > 0 ? `${answer.removedCitations} citations were wrong and are left out` : '',
    answer.model,
    answer.createdAt > 0 ? new Date(answer.createdAt * 1000).toLocaleString() : '',
    tokens > 0 ? `${tokens} tokens, ${answer.cachedTokens} of them reused` : '',
    duration(answer.seconds),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function duration(seconds: number): string {
  return seconds < 0.1 ? `${(seconds * 1000).toFixed(1)} ms` : `${seconds.toFixed(1)} s`;
}

/**
 * Markdown whose images have become links. VS Code fetches images in hovers, and a docstring of a cloned repository
 * must not be able to tell anybody that it is being read.
 */
export function withoutImages(markdown: string): string {
  return markdown.replaceAll(/!(\[[^\]]*\][([])/g, '$1');
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

function evidenceHtml(evidence: readonly EvidenceLink[]): string {
  if (evidence.length === 0) return '';
  const items = evidence.map((item, index) => {
    return `<li><a href="#" data-action="open" data-index="${index}">${escapeHtml(evidenceLabel(item))}</a></li>`;
  });
  return `<h2>Evidence</h2><ul class="evidence">${items.join('')}</ul>`;
}

function buttons(busy: boolean): string {
  const shown = busy
    ? [['stop', 'Stop']]
    : [
        ['copy', 'Copy'],
        ['again', 'Ask again'],
      ];
  return shown.map(([action, label]) => `<button data-action="${action ?? ''}">${label ?? ''}</button>`).join('');
}

/** A range that ends at column 0 does not include that line. */
function lastLine(range: EvidenceLink['range']): number {
  return range.end.character === 0 && range.end.line > range.start.line ? range.end.line : range.end.line + 1;
}
