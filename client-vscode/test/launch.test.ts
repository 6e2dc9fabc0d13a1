import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseLaunch, findOnPath, isOlder, sibling } from '../src/launch';
import type { Places } from '../src/launch';

const nowhere: Places = {
  activeInterpreter: () => Promise.resolve(undefined),
  program: () => undefined,
  ownInterpreter: () => undefined,
};
const everywhere: Places = {
  activeInterpreter: () => Promise.resolve('/venv/python'),
  program: () => '/usr/bin/sleeptime',
  ownInterpreter: () => '/own/python',
};
const unset = { command: [], interpreter: '' };

describe('the command that starts the server', () => {
  it('is the whole command of the setting, before all else', async () => {
    const launch = await chooseLaunch({ command: ['/opt/s', 'serve', '-v'], interpreter: '/opt/python' }, everywhere);
    expect(launch).toMatchObject({ command: '/opt/s', args: ['serve', '-v'] });
  });

  it('is the interpreter of the setting, before what is found', async () => {
    const launch = await chooseLaunch({ command: [], interpreter: '/opt/python' }, everywhere);
    expect(launch).toMatchObject({ command: '/opt/python', args: ['-P', '-m', 'sleeptime', 'serve'] });
  });

  it('is looked for in the active environment, on the PATH, and in our own environment, in this order', async () => {
    const { activeInterpreter, program } = nowhere;
    expect((await chooseLaunch(unset, everywhere))?.command).toBe('/venv/python');
    const path = await chooseLaunch(unset, { ...everywhere, activeInterpreter });
    expect(path).toMatchObject({ command: '/usr/bin/sleeptime', args: ['serve'] });
    expect((await chooseLaunch(unset, { ...everywhere, activeInterpreter, program }))?.command).toBe('/own/python');
  });

  it('is undefined when there is none, so that the person can be told', async () => {
    expect(await chooseLaunch({ command: [''], interpreter: '' }, nowhere)).toBeUndefined();
  });

  it('has siblings for other subcommands, unless it is not ours to vary', () => {
    const launch = { command: 'p', args: ['-P', '-m', 'sleeptime', 'serve'], reason: '' };
    expect(sibling(launch, ['mcp', '/r'])?.args).toEqual(['-P', '-m', 'sleeptime', 'mcp', '/r']);
    expect(sibling({ ...launch, args: ['wrapper.sh'] }, ['doctor'])).toBeUndefined();
  });
});

it('compares versions by their numbers', () => {
  expect(isOlder('0.9.9', '0.10.0')).toBe(true);
  expect(isOlder('1.0.0rc1', '1.0.0')).toBe(false);
  expect(isOlder('2.0', '1.9.9')).toBe(false);
});

describe('the search of the PATH', () => {
  it('takes the first executable file and passes by folders and plain files', () => {
    const [asFolder, plain, program] = ['a', 'b', 'c'].map(() => mkdtempSync(join(tmpdir(), 'sleeptime-'))) as [
      string,
      string,
      string,
    ];
    mkdirSync(join(asFolder, 'tool'));
    writeFileSync(join(plain, 'tool'), '', { mode: 0o600 });
    writeFileSync(join(program, 'tool'), '');
    chmodSync(join(program, 'tool'), 0o700);
    expect(findOnPath('tool', [asFolder, plain, program].join(delimiter), 'linux')).toBe(join(program, 'tool'));
  });

  it('never runs a program from a folder relative to the workspace', () => {
    expect(findOnPath('launch.test.ts', ['.', 'test', ''].join(delimiter), 'linux')).toBeUndefined();
  });
});
