/** The extension's own Python environment, for those who have the server nowhere else. Made only after consent. */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { findOnPath, OLDEST_SERVER } from './launch';
import { isNewEnough } from './python';

const PYTHONS = ['python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3', 'python', 'py'];
/** How much of a failed step's output goes into its message. */
const LAST_LINES = 12;

export interface Installation {
  /** A folder of wheels for machines without a network, or "" for the package index. */
  readonly wheels: string;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

type Step = readonly [program: string, ...args: string[]];

/**
 * An environment in `folder`. It counts once it is complete: a marker is written last, so that a cancelled or broken
 * installation is never started. An update of the extension leaves it alone; see `isOlder` in launch.ts.
 */
export class OwnEnvironment {
  private readonly marker: string;

  constructor(
    private readonly folder: string,
    private readonly searchPath: string,
  ) {
    this.marker = join(folder, 'complete');
  }

  /** Its interpreter, once it is complete. */
  interpreter(): string | undefined {
    return existsSync(this.marker) ? this.interpreterPath() : undefined;
  }

  /** Makes it anew. Rejects with the end of the output, or when aborted; then nothing is left behind. */
  async install({ wheels, onLine, signal }: Installation): Promise<void> {
    const steps = await this.steps(wheels);
    await rm(this.folder, { recursive: true, force: true });
    await mkdir(dirname(this.folder), { recursive: true });
    try {
      for (const step of steps) await run(step, onLine, signal);
      await writeFile(this.marker, '');
    } catch (error) {
      await rm(this.folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** With uv where it is, which is quick and can bring a Python along; else with the machine's own Python. */
  private async steps(wheels: string): Promise<Step[]> {
    const source = wheels === '' ? [] : ['--no-index', '--find-links', wheels];
    const wanted = [...source, `sleeptime-lsp>=${OLDEST_SERVER}`];
    const interpreter = this.interpreterPath();
    const uv = this.program('uv');
    if (uv !== undefined) {
      return [
        [uv, 'venv', '--python', '>=3.11', this.folder],
        [uv, 'pip', 'install', '--python', interpreter, ...wanted],
      ];
    }
    const python = await this.python();
    return [
      [python, '-m', 'venv', this.folder],
      [interpreter, '-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', ...wanted],
    ];
  }

  private async python(): Promise<string> {
    for (const name of PYTHONS) {
      const found = this.program(name);
      if (found !== undefined && (await isNewEnough(found))) return found;
    }
    throw new Error('Neither uv nor Python 3.11 or later is on the PATH.');
  }

  private program(name: string): string | undefined {
    return findOnPath(name, this.searchPath, process.platform);
  }

  private interpreterPath(): string {
    return process.platform === 'win32'
      ? join(this.folder, 'Scripts', 'python.exe')
      : join(this.folder, 'bin', 'python');
  }
}

function run([program, ...args]: Step, onLine: (line: string) => void, signal: AbortSignal): Promise<void> {
  const child = spawn(program, args, { cwd: homedir(), signal, stdio: ['ignore', 'pipe', 'pipe'] });
  const last: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on('line', (line) => {
      onLine(line);
      last.push(line);
      if (last.length > LAST_LINES) last.shift();
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${program} ended with ${String(code)}:\n${last.join('\n')}`));
    });
  });
}
