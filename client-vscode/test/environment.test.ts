import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { OwnEnvironment } from '../src/environment';
import { OLDEST_SERVER } from '../src/launch';

/** A wheel is a zip with a little metadata; this one is the server's in name only. */
const MAKE_WHEEL = `
import sys, zipfile
folder, version = sys.argv[1:]
name = f"sleeptime_lsp-{version}"
with zipfile.ZipFile(f"{folder}/{name}-py3-none-any.whl", "w") as wheel:
    wheel.writestr("sleeptime/__init__.py", "")
    wheel.writestr(f"{name}.dist-info/METADATA", f"Metadata-Version: 2.1\\nName: sleeptime-lsp\\nVersion: {version}\\n")
    wheel.writestr(f"{name}.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(f"{name}.dist-info/RECORD", "")
`;
const searchPath = process.env['PATH'] ?? '';
const temporary = (): string => mkdtempSync(join(tmpdir(), 'sleeptime-'));
const never = new AbortController().signal;

/** Really makes an environment, with what this machine has: seconds, not milliseconds. */
describe('the own environment', { timeout: 120_000 }, () => {
  let wheels: string;
  let folder: string;
  let own: OwnEnvironment;

  beforeAll(() => {
    wheels = temporary();
    execFileSync('python3', ['-c', MAKE_WHEEL, wheels, OLDEST_SERVER]);
    folder = join(temporary(), 'server');
    own = new OwnEnvironment(folder, searchPath);
  });

  it('is not there before it was asked for', () => {
    expect(own.interpreter()).toBeUndefined();
  });

  it('is installed from a folder of wheels without a network, and says what it does', async () => {
    const lines: string[] = [];
    await own.install({ wheels, onLine: (line) => lines.push(line), signal: never });
    const interpreter = own.interpreter() ?? '';
    execFileSync(interpreter, ['-P', '-c', 'import sleeptime']);
    expect(lines.join('\n')).toContain('sleeptime');
  });

  it('leaves nothing behind when the package is not there, and shows the end of the output', async () => {
    const install = own.install({ wheels: temporary(), onLine: () => undefined, signal: never });
    await expect(install).rejects.toThrow(/sleeptime-lsp/);
    expect(existsSync(folder)).toBe(false);
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const stopping = new AbortController();
    stopping.abort();
    await expect(own.install({ wheels, onLine: () => undefined, signal: stopping.signal })).rejects.toThrow();
    expect(own.interpreter()).toBeUndefined();
    expect(existsSync(folder)).toBe(false);
  });

  it('says what is missing when there is neither uv nor Python', async () => {
    const empty = new OwnEnvironment(folder, temporary());
    const install = empty.install({ wheels, onLine: () => undefined, signal: never });
    await expect(install).rejects.toThrow('Neither uv nor Python 3.11');
  });
});

it('does not count an environment that was never completed', () => {
  const folder = temporary();
  writeFileSync(join(folder, 'pyvenv.cfg'), '');
  expect(new OwnEnvironment(folder, searchPath).interpreter()).toBeUndefined();
});
