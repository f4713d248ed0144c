import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
  TransportKind,
  type LanguageClientOptions,
} from 'vscode-languageclient/node';
import { section } from './settings';

/** The schemes of documents that batches may change. Views of another text, as those of Git, are not among them. */
const schemes = ['file', 'untitled', 'vscode-notebook-cell', 'vscode-vfs'];

/** One life of a server, from its start to its end. */
export class Client extends LanguageClient {
  /**
   * @param program is run with `lsp`.
   * @param onGone is called when the server is gone without having been asked to go.
   */
  constructor(
    program: string,
    options: Pick<LanguageClientOptions, 'initializationOptions' | 'outputChannel' | 'middleware'>,
    onGone: () => void,
  ) {
    super(
      section,
      'Batchpatch',
      { command: program, args: ['lsp'], transport: TransportKind.stdio },
      {
        ...options,
        documentSelector: schemes.map((scheme) => ({ scheme })),
        revealOutputChannelOn: RevealOutputChannelOn.Never,
        initializationFailedHandler: () => false,
        errorHandler: {
          // A process that was killed often shows as an error of its pipe first. Its end follows, and that
          // is what counts.
          error: () => ({ action: ErrorAction.Continue, handled: true }),
          closed: () => {
            onGone();
            return { action: CloseAction.DoNotRestart, handled: true };
          },
        },
      },
    );
  }

  /** What goes wrong is in the log. What the user should know of it is told once, by whoever starts servers. */
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}
