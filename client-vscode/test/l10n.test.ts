import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const json = (name: string): Record<string, string> =>
  JSON.parse(readFileSync(join(root, name), 'utf8')) as Record<string, string>;
const keys = (text: string, pattern: RegExp): Set<string> =>
  new Set([...text.matchAll(pattern)].map((found) => found[1] ?? found[2] ?? ''));

describe('German', () => {
  it('has every sentence of the source, with the same places to fill, and no other', () => {
    const names = readdirSync(join(root, 'src'));
    const source = names.map((name) => readFileSync(join(root, 'src', name), 'utf8')).join('\n');
    const german = json('l10n/bundle.l10n.de.json');
    const said = keys(source, /l10n\.t\(\s*(?:'([^']+)'|"([^"]+)")/g);
    expect(new Set(Object.keys(german))).toEqual(said);
    for (const [english, translated] of Object.entries(german)) {
      expect(keys(translated, /(\{\d\})/g), translated).toEqual(keys(english, /(\{\d\})/g));
    }
  });

  it('has every word of the manifest, and the manifest uses them all', () => {
    const used = keys(readFileSync(join(root, 'package.json'), 'utf8'), /"%([\w.]+)%"/g);
    expect(new Set(Object.keys(json('package.nls.json')))).toEqual(used);
    expect(new Set(Object.keys(json('package.nls.de.json')))).toEqual(used);
  });
});
