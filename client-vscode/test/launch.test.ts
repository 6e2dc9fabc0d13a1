import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseLaunch, findOnPath } from '../src/launch';

const onPath = (): string => '/usr/bin/sleeptime';
const nowhere = (): undefined => undefined;

describe('the command that starts the server', () => {
  it('is the whole command of the setting, before all else', () => {
    const launch = chooseLaunch({ command: ['/opt/s', 'serve', '-v'], interpreter: '/opt/python' }, onPath);
    expect(launch).toMatchObject({ command: '/opt/s', args: ['serve', '-v'] });
  });

  it('is the interpreter of the setting, before the PATH', () => {
    const launch = chooseLaunch({ command: [], interpreter: '/opt/python' }, onPath);
    expect(launch).toMatchObject({ command: '/opt/python', args: ['-P', '-m', 'sleeptime', 'serve'] });
  });

  it('is the program on the PATH when nothing is set', () => {
    expect(chooseLaunch({ command: [], interpreter: '' }, onPath)).toMatchObject({
      command: '/usr/bin/sleeptime',
      args: ['serve'],
    });
  });

  it('is undefined when there is none, so that the person can be told', () => {
    expect(chooseLaunch({ command: [''], interpreter: '' }, nowhere)).toBeUndefined();
  });
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
