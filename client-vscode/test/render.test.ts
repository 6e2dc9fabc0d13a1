import { describe, expect, it } from 'vitest';
import { answerHtml, defuser, evidenceLabel, pageHtml, withoutImages } from '../src/render';
import { answer } from './samples';

describe('an answer as HTML', () => {
  it('links its evidence by lines as people count them', () => {
    expect(answerHtml({ question: 'What?', body: '', answer })).toContain('data-index="0">a.py:3-4</a>');
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

describe('pieces of Markdown without images', () => {
  it('shows the mark of an image as it stands, also when it is cut in two', () => {
    const safe = defuser();
    expect(['a !', '[b](https://c.test/d.png) ![e]'].map(safe).join('')).toBe('a !\\[b](https://c.test/d.png) !\\[e]');
  });

  it('leaves code alone, also when it is cut in two', () => {
    const safe = defuser();
    const pieces = ['`vec!', '[1]` and ```\nvec![', '2]\n```'];
    expect(pieces.map(safe)).toEqual(pieces);
  });
});
