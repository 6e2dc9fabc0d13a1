/** A newcomer's path through the code, as `sleeptime tour` makes it, in the shape of an answer. */

import { Uri } from 'vscode';
import { outputOf } from './cli';
import type { SleeptimeServer } from './client';
import { NOT_ONE_ANSWER } from './render';
import type { Shown } from './render';

/** As much as we show of what `sleeptime tour --json` prints. */
interface Tour {
  readonly title: string;
  readonly steps: readonly {
    readonly path: string;
    readonly line: number;
    readonly symbol: string;
    readonly text: string;
  }[];
}

export async function tourOf(server: SleeptimeServer, folder: Uri): Promise<Shown> {
  const { steps } = JSON.parse(await outputOf(server, ['tour', '--json'], { cwd: folder.fsPath })) as Tour;
  return {
    markdown: steps
      .map(({ path, line, text }, index) => `${index + 1}. ${path}:${line}  \n${indented(text)}`)
      .join('\n'),
    evidence: steps.map(({ path, line, symbol }) => {
      const range = { start: { line: line - 1, character: 0 }, end: { line, character: 0 } };
      return { uri: Uri.joinPath(folder, path).toString(), range, path, symbol };
    }),
    ...NOT_ONE_ANSWER,
  };
}

/** Below the number of its step. */
function indented(text: string): string {
  return text.replaceAll(/^/gm, '   ');
}
