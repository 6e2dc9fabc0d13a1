import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogOutputChannel, Memento } from 'vscode';
import type { Installation, OwnEnvironment } from '../src/environment';
import { Setup } from '../src/setup';
import { settings, window } from './vscode';

const remembered = new Map<string, unknown>();
const memory = {
  get: (name: string) => remembered.get(name),
  update: (name: string, value: unknown) => Promise.resolve(remembered.set(name, value)),
} as unknown as Memento;
const install = vi.fn<(installation: Installation) => Promise<void>>(() => Promise.resolve());
const own = { install, interpreter: () => '/own/python' } as unknown as OwnEnvironment;
const log = { info: vi.fn(), error: vi.fn(), show: vi.fn() };
const setup = new Setup(own, memory, log as unknown as LogOutputChannel);

beforeEach(() => {
  vi.clearAllMocks();
  remembered.clear();
  settings.clear();
});

describe('a server that is nowhere', () => {
  it('is installed only after the person agreed', async () => {
    expect(await setup.offerInstall()).toBe(false);
    expect(install).not.toHaveBeenCalled();
    window.showInformationMessage.mockResolvedValueOnce('Install');
    expect(await setup.offerInstall()).toBe(true);
    expect(install).toHaveBeenCalledOnce();
  });

  it('is never offered again to who declined', async () => {
    window.showInformationMessage.mockResolvedValueOnce('Never');
    await setup.offerInstall();
    await setup.offerInstall();
    expect(window.showInformationMessage).toHaveBeenCalledOnce();
  });

  it('comes from the folder of wheels that the setting names', async () => {
    settings.set('server.wheels', '/wheels');
    await setup.install();
    expect(install.mock.calls[0]?.[0].wheels).toBe('/wheels');
  });

  it('can be cancelled, which is no failure to tell about', async () => {
    install.mockImplementationOnce(({ signal }) => {
      window.progressToken.cancel();
      return signal.aborted ? Promise.reject(new Error('aborted')) : Promise.resolve();
    });
    expect(await setup.install()).toBe(false);
    expect(window.showErrorMessage).not.toHaveBeenCalled();
  });

  it('says that it could not be installed, and shows the log', async () => {
    install.mockRejectedValueOnce(new Error('no space left'));
    window.showErrorMessage.mockResolvedValueOnce('Show logs');
    expect(await setup.install()).toBe(false);
    expect(log.error).toHaveBeenCalledWith('no space left');
    expect(log.show).toHaveBeenCalled();
  });
});

describe('a server that is too old', () => {
  const launch = { command: '/own/python', args: [], reason: '' };

  it('is renewed after the person agreed, if it is the one that we installed', async () => {
    window.showWarningMessage.mockResolvedValueOnce('Update');
    expect(await setup.offerUpdate('0.0.9', launch)).toBe(true);
    expect(install).toHaveBeenCalledOnce();
  });

  it("is the person's to renew otherwise", async () => {
    expect(await setup.offerUpdate('0.0.9', { ...launch, command: '/usr/bin/sleeptime' })).toBe(false);
    expect(window.showWarningMessage).toHaveBeenCalledOnce();
    expect(install).not.toHaveBeenCalled();
  });

  it('is left alone when it is not too old, so that an update of the extension downloads nothing', async () => {
    expect(await setup.offerUpdate('99.0.0', launch)).toBe(false);
    expect(window.showWarningMessage).not.toHaveBeenCalled();
  });
});
