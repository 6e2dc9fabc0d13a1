/** What the explorer shows, as plain data: the server's list of modules, folded into folders. */

import type { ModuleState, ReadyQuestion, Readiness } from './protocol';

/** What stands above the modules: things to open about the whole repository. */
export type Topic = 'overview' | 'tour' | 'briefing';

/** `root` is the URI of the workspace folder that a node belongs to. */
export type Note =
  | { readonly kind: 'root'; readonly root: string; readonly name: string }
  | { readonly kind: 'topic'; readonly root: string; readonly topic: Topic }
  | {
      readonly kind: 'folder';
      readonly root: string;
      readonly path: string;
      /** What is known about the folder itself, if it is a package. */
      readonly own: ModuleState | undefined;
      /** All below it, however deep. */
      readonly modules: readonly ModuleState[];
    }
  | { readonly kind: 'module'; readonly root: string; readonly module: ModuleState }
  | { readonly kind: 'question'; readonly root: string; readonly question: ReadyQuestion };

export interface Counts {
  readonly fresh: number;
  readonly stale: number;
  readonly waiting: number;
}

/** The worst state first: a folder shows the one that most wants to be seen. */
const URGENCY: readonly Readiness[] = ['thinking', 'stale', 'waiting', 'ready', 'excluded'];

/**
 * The folders and modules directly below `path` ('' for the top), folders first. A folder that only holds another is
 * shown together with it, as editors do.
 */
export function below(root: string, path: string, modules: readonly ModuleState[]): Note[] {
  const depth = path === '' ? 0 : path.split('/').length;
  const inside = Map.groupBy(modules, (module) => module.path.split('/')[depth] ?? '');
  const notes = [...inside].map(([name, members]): Note => {
    const full = path === '' ? name : `${path}/${name}`;
    const own = members.find((module) => module.path === full);
    const others = members.filter((module) => module !== own);
    if (own !== undefined && others.length === 0) return { kind: 'module', root, module: own };
    return { kind: 'folder', root, path: own?.path ?? commonFolder(others), own, modules: others };
  });
  return [...notes.filter(({ kind }) => kind === 'folder'), ...notes.filter(({ kind }) => kind === 'module')];
}

export function total(modules: readonly ModuleState[]): Counts {
  const sum = (count: (module: ModuleState) => number): number =>
    modules.reduce((before, module) => before + count(module), 0);
  return { fresh: sum(({ fresh }) => fresh), stale: sum(({ stale }) => stale), waiting: sum(({ waiting }) => waiting) };
}

export function mostUrgent(modules: readonly ModuleState[]): Readiness {
  return URGENCY.find((state) => modules.some((module) => module.state === state)) ?? 'ready';
}

/** The deepest folder that holds all of them. */
function commonFolder(modules: readonly ModuleState[]): string {
  const folders = modules.map(({ path }) => path.split('/').slice(0, -1));
  const [first = []] = folders;
  const length = first.findIndex((part, at) => folders.some((folder) => folder[at] !== part));
  return (length === -1 ? first : first.slice(0, length)).join('/');
}
