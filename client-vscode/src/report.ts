/** What was spent and what was used, as `sleeptime report` writes it, in a tab. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { l10n, ProgressLocation, ViewColumn, window } from 'vscode';
import { outputOf } from './cli';
import type { SleeptimeServer } from './client';
import { messageOf } from './words';

/** The report is one self-contained file: its pictures are in it, and nothing of it runs or is fetched. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

export async function showReport(server: SleeptimeServer): Promise<void> {
  const title = l10n.t('Sleeptime: Report');
  const options = { location: ProgressLocation.Window, title };
  try {
    const html = await window.withProgress(options, () => reportHtml(server));
    const panel = window.createWebviewPanel('sleeptime.report', title, ViewColumn.Active, { enableScripts: false });
    panel.webview.html = confined(html);
  } catch (error) {
    void window.showWarningMessage(l10n.t('There is no report: {0}', messageOf(error)));
  }
}

/** The page with our policy before all else in it. */
export function confined(html: string): string {
  const policy = `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`;
  return /<head[^>]*>/i.test(html) ? html.replace(/<head[^>]*>/i, (head) => head + policy) : policy + html;
}

/** What `sleeptime report` writes. */
export async function reportHtml(server: SleeptimeServer): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sleeptime-'));
  try {
    const file = join(folder, 'report.html');
    await outputOf(server, ['report', '--html', file]);
    return await readFile(file, 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
