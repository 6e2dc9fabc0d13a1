/** The side panel that shows one answer at a time, while it is written and after. */

import { CancellationTokenSource, commands, env, Range, Uri, ViewColumn, window } from 'vscode';
import type { Disposable, WebviewPanel } from 'vscode';
import type { Reception, SleeptimeServer } from './client';
import { ServerRequest } from './protocol';
import type { EvidenceLink, FollowUp } from './protocol';
import { answerHtml, evidenceLabel, pageHtml } from './render';
import type { Shown } from './render';
import { messageOf } from './words';

/** How to get an answer; `fresh` skips what is cached. */
export type Asking<Answer extends Shown = Shown> = (reception: Reception, fresh: boolean) => Promise<Answer>;

/** What the panel asks the server for itself. */
export type PanelServer = Pick<SleeptimeServer, 'request' | 'ask'>;

/** One question and how far its answer is. */
interface Session {
  readonly question: string;
  readonly asking: Asking;
  readonly cancellation: CancellationTokenSource;
  markdown: string;
  answer?: Shown;
  problem?: string;
  /** What the person said about the answer. */
  verdict?: boolean;
}

/** `index` counts the evidence or the follow-ups. */
interface Click {
  readonly action: 'ready' | 'open' | 'copy' | 'again' | 'stop' | 'next' | 'more' | 'right' | 'wrong';
  readonly index: number;
}

export class AnswerPanel implements Disposable {
  private panel: WebviewPanel | undefined;
  private session: Session | undefined;
  /** Renderings are numbered, so that a slow one never replaces a later one. */
  private rendering = 0;

  constructor(
    private readonly extensionUri: Uri,
    private readonly server: PanelServer,
  ) {}

  /**
   * Asks, showing the answer as it comes; a question still under way is cancelled.
   * Resolves when all is shown: undefined if it failed or was stopped, and the panel says so.
   */
  async run<Answer extends Shown>(
    question: string,
    asking: Asking<Answer>,
    fresh = false,
  ): Promise<Answer | undefined> {
    const session = this.begin(question, asking);
    const onPiece = (text: string): void => {
      session.markdown += text;
      if (this.session === session) void this.render();
    };
    let answer: Answer | undefined;
    try {
      answer = await asking({ onPiece, token: session.cancellation.token }, fresh);
      session.answer = answer;
      session.markdown = answer.markdown;
    } catch (error) {
      const stopped = session.cancellation.token.isCancellationRequested;
      session.problem = stopped ? '' : messageOf(error);
    }
    if (this.session === session) await this.render();
    return answer;
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private begin(question: string, asking: Asking): Session {
    this.session?.cancellation.cancel();
    const session = { question, asking, cancellation: new CancellationTokenSource(), markdown: '' };
    this.session = session;
    this.panel ??= this.createPanel();
    this.panel.reveal(undefined, true);
    void this.render();
    return session;
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
    const { markdown, answer, ...rest } = this.session;
    const body = await commands.executeCommand<string>('markdown.api.render', markdown);
    if (mine !== this.rendering) return;
    const html = answerHtml({ ...rest, body, answer });
    // A message to a panel that is closed meanwhile is dropped by VS Code.
    void this.panel?.webview.postMessage({ html, labels: (answer?.evidence ?? []).map(evidenceLabel) });
  }

  private async onClick({ action, index }: Click): Promise<void> {
    if (action === 'ready') await this.render();
    if (this.session === undefined) return;
    const { question, asking, answer, markdown, cancellation } = this.session;
    const cited = answer?.evidence[index];
    const next = answer?.followUps[index];
    if (action === 'open' && cited !== undefined) await openEvidence(cited);
    if (action === 'copy') await env.clipboard.writeText(markdown);
    if (action === 'stop') cancellation.cancel();
    if (action === 'again') await this.run(question, asking, true);
    if (action === 'next' && next !== undefined) await this.openReady(next, cited?.uri);
    if (action === 'more') await commands.executeCommand('sleeptime.askQuestion', { thread: answer?.thread });
    if (action === 'right' || action === 'wrong') await this.judge(this.session, action === 'right');
  }

  /** Shows an answer that is ready, by its id. `uri` says which folder it is about. */
  openReady({ question, id }: FollowUp, uri?: string): Promise<Shown | undefined> {
    const place = { ...(uri && { uri }) };
    return this.run(question, (reception, fresh) =>
      fresh
        ? this.server.ask({ question, ...place, fresh }, reception)
        : this.server.request(ServerRequest.answer, { id, ...place }),
    );
  }

  private async judge(session: Session, right: boolean): Promise<void> {
    if (session.answer === undefined) return;
    await this.server.request(ServerRequest.feedback, { id: session.answer.id, right });
    session.verdict = right;
    await this.render();
  }
}

/** Opens the exact lines, in the column of the code rather than over the panel. */
export async function openEvidence({ uri, range: { start, end } }: EvidenceLink): Promise<void> {
  const selection = new Range(start.line, start.character, end.line, end.character);
  await window.showTextDocument(Uri.parse(uri, true), { selection, viewColumn: ViewColumn.One });
}
