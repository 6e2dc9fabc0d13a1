/** The side panel that shows one answer at a time, while it is written and after. */

import { CancellationTokenSource, commands, env, Range, Uri, ViewColumn, window } from 'vscode';
import type { Disposable, WebviewPanel } from 'vscode';
import type { Reception } from './client';
import type { AnswerResult, EvidenceLink } from './protocol';
import { answerHtml, evidenceLabel, pageHtml } from './render';

/** How to get an answer; `fresh` skips what is cached. */
export type Asking = (reception: Reception, fresh: boolean) => Promise<AnswerResult>;

/** One question and how far its answer is. */
interface Session {
  readonly question: string;
  readonly asking: Asking;
  readonly cancellation: CancellationTokenSource;
  markdown: string;
  answer?: AnswerResult;
  problem?: string;
}

interface Click {
  readonly action: 'ready' | 'open' | 'copy' | 'again' | 'stop';
  readonly index: number;
}

export class AnswerPanel implements Disposable {
  private panel: WebviewPanel | undefined;
  private session: Session | undefined;
  /** Renderings are numbered, so that a slow one never replaces a later one. */
  private rendering = 0;

  constructor(private readonly extensionUri: Uri) {}

  /**
   * Asks, showing the answer as it comes; a question still under way is cancelled.
   * Resolves when all is shown: undefined if it failed or was stopped, and the panel says so.
   */
  async run(question: string, asking: Asking, fresh = false): Promise<AnswerResult | undefined> {
    this.session?.cancellation.cancel();
    const session: Session = { question, asking, cancellation: new CancellationTokenSource(), markdown: '' };
    this.session = session;
    this.panel ??= this.createPanel();
    this.panel.reveal(undefined, true);
    void this.render();
    const onPiece = (text: string): void => {
      session.markdown += text;
      if (this.session === session) void this.render();
    };
    try {
      session.answer = await asking({ onPiece, token: session.cancellation.token }, fresh);
      session.markdown = session.answer.markdown;
      if (session.answer.cancelled) session.problem = 'Stopped.';
    } catch (error) {
      const stopped = session.cancellation.token.isCancellationRequested;
      session.problem = stopped ? 'Stopped.' : messageOf(error);
    }
    if (this.session === session) await this.render();
    return session.answer;
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private createPanel(): WebviewPanel {
    const media = Uri.joinPath(this.extensionUri, 'media');
    const column = { viewColumn: ViewColumn.Beside, preserveFocus: true };
    const panel = window.createWebviewPanel('sleeptime.answer', 'Sleeptime', column, {
      enableScripts: true,
      retainContextWhenHidden: true, // a streamed answer must not be lost behind another tab
      localResourceRoots: [media],
    });
    panel.iconPath = Uri.joinPath(media, 'icon.png');
    panel.onDidDispose(() => {
      this.session?.cancellation.cancel();
      this.panel = undefined;
    });
    panel.webview.onDidReceiveMessage((click: Click) => this.onClick(click));
    const local = (name: string): string => panel.webview.asWebviewUri(Uri.joinPath(media, name)).toString();
    panel.webview.html = pageHtml(local('answer.js'), local('answer.css'), panel.webview.cspSource);
    return panel;
  }

  private async render(): Promise<void> {
    if (this.session === undefined) return;
    const mine = ++this.rendering;
    const { question, markdown, answer, problem } = this.session;
    const body = await commands.executeCommand<string>('markdown.api.render', markdown);
    if (mine !== this.rendering) return;
    const html = answerHtml({ question, body, answer, problem });
    // A message to a panel that is closed meanwhile is dropped by VS Code.
    void this.panel?.webview.postMessage({ html, labels: (answer?.evidence ?? []).map(evidenceLabel) });
  }

  private async onClick({ action, index }: Click): Promise<void> {
    if (action === 'ready') await this.render();
    if (this.session === undefined) return;
    const { question, asking, answer, markdown, cancellation } = this.session;
    const cited = answer?.evidence[index];
    if (action === 'open' && cited !== undefined) await openEvidence(cited);
    if (action === 'copy') await env.clipboard.writeText(markdown);
    if (action === 'stop') cancellation.cancel();
    if (action === 'again') await this.run(question, asking, true);
  }
}

/** Opens the exact lines, in the column of the code rather than over the panel. */
export async function openEvidence({ uri, range: { start, end } }: EvidenceLink): Promise<void> {
  const selection = new Range(start.line, start.character, end.line, end.character);
  await window.showTextDocument(Uri.parse(uri, true), { selection, viewColumn: ViewColumn.One });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
