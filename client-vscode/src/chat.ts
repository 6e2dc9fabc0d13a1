/** `@sleeptime` in the chat view. It needs no account: the server answers, and model.ts offers it as a model too. */

import { chat, Disposable, l10n, Location, Range, Uri, window, workspace } from 'vscode';
import type { CancellationToken, ChatContext, ChatFollowup, ChatRequest, ChatResponseStream, ChatResult } from 'vscode';
import { placeOf, subjectOf } from './ask';
import type { Reception, SleeptimeServer } from './client';
import { ServerRequest } from './protocol';
import type { EvidenceLink } from './protocol';
import { defuser, evidenceLabel } from './render';
import type { Shown } from './render';
import { tourOf } from './tour';
import { messageOf } from './words';

/** What VS Code keeps of an answer, for the questions after it. */
interface Metadata {
  readonly thread: string;
  readonly followUps: readonly string[];
}

export function registerChat(server: SleeptimeServer, icon: Uri): Disposable {
  const participant = chat.createChatParticipant('sleeptime.chat', (request, context, response, token) =>
    answer(server, { request, context, response, token }),
  );
  participant.iconPath = icon;
  participant.followupProvider = {
    provideFollowups: ({ metadata }) =>
      ((metadata as Metadata | undefined)?.followUps ?? []).map((prompt): ChatFollowup => ({ prompt })),
  };
  return Disposable.from(participant);
}

interface Turn {
  readonly request: ChatRequest;
  readonly context: ChatContext;
  readonly response: ChatResponseStream;
  readonly token: CancellationToken;
}

async function answer(server: SleeptimeServer, turn: Turn): Promise<ChatResult> {
  const { response, token } = turn;
  const safe = defuser();
  let streamed = '';
  const onPiece = (text: string): void => {
    streamed += text;
    response.markdown(safe(text));
  };
  try {
    response.progress(l10n.t('Looking for what is known…'));
    const result = await dispatch(server, turn, { onPiece, token });
    show(result, streamed, response);
    return { metadata: { thread: result.thread, followUps: result.followUps.map(({ question }) => question) } };
  } catch (error) {
    return token.isCancellationRequested ? {} : { errorDetails: { message: messageOf(error) } };
  }
}

/** The slash commands are questions in short. */
function dispatch(server: SleeptimeServer, turn: Turn, reception: Reception): Promise<Shown> {
  const { prompt, command } = turn.request;
  const place = placeOf(window.activeTextEditor);
  const folder = place.uri ?? workspace.workspaceFolders?.[0]?.uri.toString();
  if (command === 'changes') {
    const args = { ...(folder && { uri: folder }), since: prompt };
    return server.request(ServerRequest.briefing, args, reception.token);
  }
  const root = workspace.workspaceFolders?.[0]?.uri;
  if (command === 'tour' && root !== undefined) return tourOf(server, root);
  const file = fileOf(turn.request) ?? place.uri;
  if (command === 'explain' && prompt.trim() === '' && file !== undefined) {
    return server.explainModule({ uri: file }, reception);
  }
  const thread = threadOf(turn.context);
  const where = file === place.uri ? place : { ...(file && { uri: file }) };
  return server.ask({ question: questionOf(turn.request), ...where, ...(thread && { thread }) }, reception);
}

function questionOf({ prompt, command }: ChatRequest): string {
  const subject = prompt.trim() || subjectOf(window.activeTextEditor) || 'this file';
  if (command === 'impact') return `What would break if ${subject} changed?`;
  if (command === 'explain') return `What does ${subject} do?`;
  return prompt;
}

/** Pieces cannot be taken back: where citations were removed from the whole, that is said, and references are the rest. */
function show(result: Shown, streamed: string, response: ChatResponseStream): void {
  if (streamed === '') response.markdown(defuser()(result.markdown));
  else if (result.removedCitations > 0) {
    const count = result.removedCitations;
    response.markdown(`\n\n*${l10n.t('{0} of the places named above do not exist; rely on the references.', count)}*`);
  }
  for (const { uri, range } of result.evidence) {
    const { start, end } = range;
    const lines = new Range(start.line, start.character, end.line, end.character);
    response.reference(new Location(Uri.parse(uri, true), lines));
  }
  response.markdown(`\n\n${result.evidence.map(citation).join(' · ')}`);
  if (result.footer !== '') response.markdown(`\n\n*${result.footer}*`);
}

/** A link to the lines; `anchor` of the chat loses its target where the workspace is remote. */
function citation(item: EvidenceLink): string {
  return `[\`${evidenceLabel(item)}\`](${item.uri}#L${item.range.start.line + 1})`;
}

/** The file that the person attached to the question. */
function fileOf({ references }: ChatRequest): string | undefined {
  for (const { value } of references) {
    if (value instanceof Location) return value.uri.toString();
    if (value instanceof Uri) return value.toString();
  }
  return undefined;
}

/** The conversation that the last answer belongs to. */
function threadOf({ history }: ChatContext): string | undefined {
  for (const turn of history.toReversed()) {
    if ('result' in turn) return (turn.result.metadata as Metadata | undefined)?.thread;
  }
  return undefined;
}
