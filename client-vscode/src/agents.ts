/** For agents of other makers: tools that VS Code's own may call, and the MCP server that any may. */

import { Disposable, EventEmitter, LanguageModelTextPart, LanguageModelToolResult, lm } from 'vscode';
import { l10n, McpStdioServerDefinition, Uri, workspace } from 'vscode';
import type { LanguageModelTool } from 'vscode';
import { isAbsolute } from 'node:path';
import type { Reception, SleeptimeServer } from './client';
import { sibling } from './launch';
import type { AnswerResult } from './protocol';
import { evidenceLabel } from './render';

interface AskInput {
  readonly question: string;
  readonly path?: string;
}

interface ExplainInput {
  readonly path: string;
}

/** Registers what the editor has an interface for; forks of VS Code may lack some. */
export function registerAgents(server: SleeptimeServer): Disposable {
  const ask = tool(({ question, path }: AskInput, reception) =>
    server.ask({ question, ...(path && { uri: fileUri(path).toString() }) }, reception),
  );
  const explain = tool(({ path }: ExplainInput, reception) =>
    server.explainModule({ uri: fileUri(path).toString() }, reception),
  );
  const parts: Disposable[] = [];
  if ('registerTool' in lm) {
    parts.push(lm.registerTool('sleeptime_ask', ask), lm.registerTool('sleeptime_explain', explain));
  }
  if ('registerMcpServerDefinitionProvider' in lm) parts.push(registerMcp(server));
  return Disposable.from(...parts);
}

function tool<Input>(run: (input: Input, reception: Reception) => Promise<AnswerResult>): LanguageModelTool<Input> {
  return {
    prepareInvocation: () => ({ invocationMessage: l10n.t('Asking Sleeptime') }),
    invoke: async ({ input }, token) => {
      const answer = await run(input, { onPiece: () => undefined, token });
      return new LanguageModelToolResult([new LanguageModelTextPart(asText(answer))]);
    },
  };
}

/** An answer for a reader that is no person: all citations, and whether they still hold. */
export function asText({ markdown, evidence, question, fresh, footer }: AnswerResult): string {
  const lines = evidence.map((item) => `- ${evidenceLabel(item)}${item.symbol === '' ? '' : ` (${item.symbol})`}`);
  const state = fresh ? 'The cited code is unchanged.' : 'The cited code has changed since this was written.';
  return [`Question answered: ${question}`, markdown, 'Evidence:', ...lines, state, footer].join('\n');
}

function registerMcp(server: SleeptimeServer): Disposable {
  const changes = new EventEmitter<void>();
  const provider = {
    onDidChangeMcpServerDefinitions: changes.event,
    provideMcpServerDefinitions: () => mcpServers(server),
  };
  return Disposable.from(
    changes,
    server.onStatus(({ root }) => {
      if (root === '') changes.fire(); // it started or stopped
    }),
    workspace.onDidChangeWorkspaceFolders(() => {
      changes.fire();
    }),
    lm.registerMcpServerDefinitionProvider('sleeptime', provider),
  );
}

/** One for each open folder, from the installation that serves the editor. */
function mcpServers(server: SleeptimeServer): McpStdioServerDefinition[] {
  return (workspace.workspaceFolders ?? []).flatMap(({ uri, name }) => {
    const command = server.launch && sibling(server.launch, ['mcp', uri.fsPath]);
    if (command === undefined) return [];
    const { version } = server.about();
    return [new McpStdioServerDefinition(`Sleeptime: ${name}`, command.command, [...command.args], {}, version)];
  });
}

/** A path as agents write it: absolute, or within the first folder. */
function fileUri(path: string): Uri {
  const [folder] = workspace.workspaceFolders ?? [];
  return isAbsolute(path) || folder === undefined ? Uri.file(path) : Uri.joinPath(folder.uri, path);
}
