/** Finding the server, and bringing it to a machine that has none: asked once, shown while it runs, undone if cancelled. */

import { commands, l10n, ProgressLocation, window, workspace } from 'vscode';
import type { LogOutputChannel, Memento, Progress } from 'vscode';
import type { OwnEnvironment } from './environment';
import { chooseLaunch, findOnPath, isOlder, OLDEST_SERVER } from './launch';
import type { Launch } from './launch';
import { messageOf } from './words';
import { activeInterpreter } from './python';
import { launchSettings } from './settings';

/** Kept on the machine: the person does not want to be asked again. */
const DECLINED = 'sleeptime.install.declined';
/** Longer lines of pip or uv would make the notification jump. */
const LONGEST_LINE = 60;

export class Setup {
  constructor(
    private readonly own: OwnEnvironment,
    private readonly memory: Memento,
    private readonly log: LogOutputChannel,
  ) {}

  /** Where the server is on this machine; undefined if nowhere. */
  locate(): Promise<Launch | undefined> {
    return chooseLaunch(launchSettings(workspace.getConfiguration()), {
      activeInterpreter,
      program: (name) => findOnPath(name, process.env['PATH'] ?? '', process.platform),
      ownInterpreter: () => this.own.interpreter(),
    });
  }

  /** The server is nowhere: asks whether to install it, unless that was declined. True if it is there now. */
  async offerInstall(): Promise<boolean> {
    if (this.memory.get<boolean>(DECLINED) === true) return false;
    const [install, choose, never] = [l10n.t('Install'), l10n.t('Say where it is…'), l10n.t('Never')];
    const question = l10n.t(
      "Sleeptime's server, a Python package, is not on this machine. Install it into an environment of its own? It takes one to three gigabytes, and nothing else on the machine is changed.",
    );
    const choice = await window.showInformationMessage(question, install, choose, never);
    if (choice === choose) await commands.executeCommand('workbench.action.openSettings', 'sleeptime.server');
    if (choice === never) await this.memory.update(DECLINED, true);
    return choice === install && this.install();
  }

  /** A server that is too old: says so, and offers to renew it if it is the one that we installed. */
  async offerUpdate(version: string, launch: Launch): Promise<boolean> {
    if (!isOlder(version, OLDEST_SERVER)) return false;
    const message = l10n.t('The Sleeptime server is {0}; this extension needs {1} or later.', version, OLDEST_SERVER);
    if (launch.command !== this.own.interpreter()) {
      void window.showWarningMessage(message);
      return false;
    }
    const update = l10n.t('Update');
    return (await window.showWarningMessage(message, update)) === update && this.install();
  }

  /** Installs the server for this extension alone, showing how far it is; false if it was cancelled or failed. */
  async install(): Promise<boolean> {
    const title = l10n.t('Installing the Sleeptime server');
    const options = { location: ProgressLocation.Notification, title, cancellable: true };
    const stopping = new AbortController();
    try {
      await window.withProgress(options, (progress, token) => {
        token.onCancellationRequested(() => {
          stopping.abort();
        });
        return this.own.install({ wheels: wheelFolder(), signal: stopping.signal, onLine: this.reporter(progress) });
      });
    } catch (error) {
      this.log.error(messageOf(error));
      if (!stopping.signal.aborted) await this.explainFailure();
      return false;
    }
    await this.memory.update(DECLINED, undefined);
    return true;
  }

  private reporter(progress: Progress<{ message: string }>): (line: string) => void {
    return (line) => {
      this.log.info(line);
      progress.report({ message: line.trim().slice(0, LONGEST_LINE) });
    };
  }

  private async explainFailure(): Promise<void> {
    const logs = l10n.t('Show logs');
    const message = l10n.t('The Sleeptime server could not be installed; the log says why.');
    if ((await window.showErrorMessage(message, logs)) === logs) this.log.show();
  }
}

function wheelFolder(): string {
  return workspace.getConfiguration('sleeptime').get('server.wheels', '');
}
