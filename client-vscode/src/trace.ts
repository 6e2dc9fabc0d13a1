/** The conversation with the server, in a channel of its own that exists only once somebody wants to read it. */

import { EventEmitter, LogLevel, window, workspace } from 'vscode';
import type { LogOutputChannel } from 'vscode';

/** What the language client needs of a trace channel, and a way to say that the setting changed. */
export interface Trace {
  readonly dispose: () => void;
  readonly channel: LogOutputChannel;
  readonly settingChanged: () => void;
}

/**
 * The language client traces when its channel's level is Trace; the person only has the setting
 * `sleeptime.trace.server`, so the setting is shown to it as the level.
 */
export function lazyTrace(): Trace {
  const levels = new EventEmitter<LogLevel>();
  let real: LogOutputChannel | undefined;
  const open = (): LogOutputChannel => (real ??= window.createOutputChannel('Sleeptime Trace', { log: true }));
  const level = (): LogLevel => (isWanted() ? LogLevel.Trace : LogLevel.Info);
  const channel = {
    name: 'Sleeptime Trace',
    get logLevel(): LogLevel {
      return level();
    },
    onDidChangeLogLevel: levels.event,
    trace(message: string): void {
      open().info(message); // at a level that is always shown
    },
    show(): void {
      open().show();
    },
  };
  return {
    channel: channel as unknown as LogOutputChannel, // the client uses these members alone
    settingChanged: () => {
      levels.fire(level());
    },
    dispose: () => {
      levels.dispose();
      real?.dispose();
    },
  };
}

function isWanted(): boolean {
  return workspace.getConfiguration('sleeptime').get<string>('trace.server', 'off') !== 'off';
}
