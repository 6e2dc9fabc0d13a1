/** Small things put into words. */

import { env } from 'vscode';

/** What is asked of the server, which knows its questions in English. */
export const OVERVIEW = 'What is this repository about?';

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** What went wrong. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** "2 hours ago", in the editor's language; both in seconds since the epoch. */
export function ago(then: number, now = Date.now() / 1000): string {
  const seconds = Math.max(0, now - then);
  const [unit, length] = UNITS.find(([, size]) => seconds >= size) ?? ['second', 1];
  return new Intl.RelativeTimeFormat(env.language, { numeric: 'auto' }).format(-Math.floor(seconds / length), unit);
}

/** The last part of a URI's path, as it reads on disk. */
export function fileName(uri: string): string {
  return decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1));
}

/** Markdown's code spans, where there is only plain text. */
export function plain(markdown: string): string {
  return markdown.replaceAll('`', '');
}
