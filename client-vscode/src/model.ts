/** Sleeptime as a language model of VS Code: chat works without an account, and other extensions may ask it too. */

import { EventEmitter, LanguageModelChatMessageRole, LanguageModelTextPart, lm } from 'vscode';
import { Disposable } from 'vscode';
import type {
  LanguageModelChatInformation,
  LanguageModelChatProvider,
  LanguageModelChatRequestMessage,
  LanguageModelResponsePart,
  Progress,
} from 'vscode';
import type { CancellationToken } from 'vscode';
import type { SleeptimeServer } from './client';

/** The server cuts its own context from the repository; a question needs no more than this. */
const MOST_TOKENS = { maxInputTokens: 4096, maxOutputTokens: 1024 };
/** A rough measure for English and code; only VS Code's own bookkeeping reads it. */
const CHARACTERS_A_TOKEN = 4;

/** Where the editor has the interface (forks of VS Code may not), Sleeptime is one of its models. */
export function registerModel(server: SleeptimeServer): Disposable {
  if (!('registerLanguageModelChatProvider' in lm)) return new Disposable(() => undefined);
  const provider = new Provider(server);
  return Disposable.from(provider, lm.registerLanguageModelChatProvider('sleeptime', provider));
}

class Provider extends Disposable implements LanguageModelChatProvider {
  private readonly changes = new EventEmitter<void>();
  readonly onDidChangeLanguageModelChatInformation = this.changes.event;
  private model = '';

  constructor(private readonly server: SleeptimeServer) {
    const listening = server.onStatus(({ model }) => {
      if (model === '' || model === this.model) return;
      this.model = model;
      this.changes.fire();
    });
    super(() => {
      listening.dispose();
      this.changes.dispose();
    });
  }

  provideLanguageModelChatInformation(): LanguageModelChatInformation[] {
    const { version } = this.server.about();
    return [
      {
        id: 'sleeptime',
        name: 'Sleeptime',
        family: 'sleeptime',
        detail: this.model,
        version: version === '' ? '0' : version,
        ...MOST_TOKENS,
        // It calls no tool; but VS Code offers a model without this only in some of its chat modes.
        capabilities: { toolCalling: true },
      },
    ];
  }

  /** Answers the last thing that was said, about the open repository. */
  async provideLanguageModelChatResponse(
    _model: LanguageModelChatInformation,
    messages: readonly LanguageModelChatRequestMessage[],
    _options: unknown,
    ...[progress, token]: [Progress<LanguageModelResponsePart>, CancellationToken]
  ): Promise<void> {
    const asked = messages.findLast(({ role }) => role === LanguageModelChatMessageRole.User);
    let streamed = '';
    const onPiece = (text: string): void => {
      streamed += text;
      progress.report(new LanguageModelTextPart(text));
    };
    const answer = await this.server.ask({ question: asked === undefined ? '' : textOf(asked) }, { onPiece, token });
    if (streamed === '') progress.report(new LanguageModelTextPart(answer.markdown));
  }

  provideTokenCount(
    _model: LanguageModelChatInformation,
    text: string | LanguageModelChatRequestMessage,
  ): Promise<number> {
    const length = typeof text === 'string' ? text.length : textOf(text).length;
    return Promise.resolve(Math.ceil(length / CHARACTERS_A_TOKEN));
  }
}

function textOf({ content }: LanguageModelChatRequestMessage): string {
  return content.map((part) => (part instanceof LanguageModelTextPart ? part.value : '')).join('');
}
