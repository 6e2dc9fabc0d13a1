import { describe, expect, it } from 'vitest';
import { below, mostUrgent, total } from '../src/notes';
import type { Note } from '../src/notes';
import { module } from './samples';

const ROOT = 'file:///r';
const modules = ['setup.py', 'src/app/main.py', 'src/app/views/home.py', 'src/app/views/user.py', 'tests/test.py'].map(
  (path) => module(path),
);
const names = (notes: readonly Note[]): string[] =>
  notes.map((note) => (note.kind === 'folder' ? `${note.path}/` : note.kind === 'module' ? note.module.path : ''));

describe('the tree of modules', () => {
  it('has folders first, and folders that only hold one folder together with it', () => {
    expect(names(below(ROOT, '', modules))).toEqual(['src/app/', 'tests/', 'setup.py']);
  });

  it('goes on below a folder with what is directly in it', () => {
    const [app] = below(ROOT, '', modules);
    const inside = app?.kind === 'folder' ? below(ROOT, app.path, app.modules) : [];
    expect(names(inside)).toEqual(['src/app/views/', 'src/app/main.py']);
  });

  it('keeps what is known about a package together with what is in it', () => {
    const [cards] = below(ROOT, '', [module('cards'), module('cards/make.py')]);
    expect(cards).toMatchObject({ kind: 'folder', path: 'cards', own: { path: 'cards' } });
    expect(cards?.kind === 'folder' ? names(below(ROOT, cards.path, cards.modules)) : []).toEqual(['cards/make.py']);
  });

  it('holds every module once, however deep', () => {
    const walk = (notes: Note[]): string[] =>
      notes.flatMap((note) => {
        if (note.kind === 'folder') return walk(below(ROOT, note.path, note.modules));
        return note.kind === 'module' ? [note.module.path] : [];
      });
    expect(walk(below(ROOT, '', modules)).sort()).toEqual(modules.map(({ path }) => path).sort());
  });
});

it('adds up what is in a folder, and shows its most urgent state', () => {
  expect(total(modules)).toEqual({ fresh: 10, stale: 0, waiting: 5 });
  expect(mostUrgent([module('a.py'), module('b.py', 'stale'), module('c.py', 'waiting')])).toBe('stale');
  expect(mostUrgent([])).toBe('ready');
});
