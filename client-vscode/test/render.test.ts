import { describe, expect, it } from 'vitest';
import type { AnswerResult } from '../src/protocol';
import { answerHtml, evidenceLabel, footer, pageHtml, withoutImages } from '../src/render';

const range = { start: { line: 11, character: 0 }, end: { line: 19, character: 4 } };
const answer: AnswerResult = {
  question: 'What?',
  markdown: 'This.',
  evidence: [{ uri: 'file:///r/src/app.py', path: 'src/app.py', range, symbol: '' }],
  source: 'cache',
  model: 'echo',
  createdAt: 0,
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
  footer: '',
  seconds: 0.0012,
};

describe('an answer as HTML', () => {
  it('links its evidence by lines as people count them', () => {
    expect(answerHtml({ question: 'What?', body: '', answer })).toContain('data-index="0">src/app.py:12-20</a>');
  });

  it('escapes the question, a path and a failure', () => {
    const html = answerHtml({ question: '<b>', body: '', problem: '<i>"' });
    expect(html).toContain('&lt;b&gt;');
    expect(html).toContain('&lt;i&gt;&quot;');
  });

  it('offers to stop while it is written, and to copy or ask again after', () => {
    expect(answerHtml({ question: '', body: '' })).toContain('data-action="stop"');
    expect(answerHtml({ question: '', body: '', answer })).toMatch(/data-action="copy".*data-action="again"/);
  });
});

describe('an evidence label', () => {
  it('names one line once', () => {
    const one = { start: { line: 4, character: 0 }, end: { line: 4, character: 9 } };
    expect(evidenceLabel({ uri: '', path: 'a.py', range: one, symbol: '' })).toBe('a.py:5');
  });

  it('leaves out a last line of which nothing is cited', () => {
    const two = { start: { line: 4, character: 0 }, end: { line: 6, character: 0 } };
    expect(evidenceLabel({ uri: '', path: 'a.py', range: two, symbol: '' })).toBe('a.py:5-6');
  });
});

describe('the line under an answer', () => {
  it('says where it came from and how long it took', () => {
    expect(footer(answer)).toBe('answered while you were away · echo · 1.2 ms');
  });

  it('says when the code has changed since, and what tokens it cost', () => {
    const live = footer({
      ...answer,
      fresh: false,
      source: 'live',
      promptTokens: 900,
      cachedTokens: 850,
      generatedTokens: 40,
      seconds: 2,
    });
    expect(live).toContain('the code has changed since');
    expect(live).toContain('940 tokens, 850 of them reused');
    expect(live).toContain('2.0 s');
  });
});

it('lets the page load nothing but our own script and style', () => {
  expect(pageHtml('s.js', 's.css', 'https://own.test')).toContain(
    "default-src 'none'; style-src https://own.test; script-src https://own.test;",
  );
});

describe('Markdown without images', () => {
  it('keeps the text and the address as a link, in both spellings', () => {
    expect(withoutImages('a ![b](https://c.test/d.png) ![e][f]')).toBe('a [b](https://c.test/d.png) [e][f]');
  });

  it('leaves code alone that only looks alike', () => {
    expect(withoutImages('#![allow(unused)] vec![1] !x[0]')).toBe('#![allow(unused)] vec![1] !x[0]');
  });
});
