import * as vscode from 'vscode';
import {
  DidChangeConfigurationNotification,
  ExecuteCommandRequest,
  LanguageClient,
  RevealOutputChannelOn,
  State,
  TransportKind,
  WorkDoneProgress,
  type LanguageClientOptions,
} from 'vscode-languageclient/node';
import { Crashes } from './crashes';
import { locateServer, type ServerLocation } from './location';
import { section, serverPath, serverSettings } from './settings';

/** Where the server stands. */
export type ServerState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly version: string; readonly location: ServerLocation }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'missing'; readonly reason: string };

/** Sends a command to the server, in the place of the language client. */
export type CommandHandler = (command: string, args: readonly unknown[]) => Promise<unknown>;

/** The schemes of documents that batches may change. Views of another text, as those of Git, are not among them. */
const schemes = ['file', 'untitled', 'vscode-notebook-cell', 'vscode-vfs'];

/** The one server of this window: found, started, restarted, asked. */
export class Server implements vscode.Disposable {
  readonly #extension: vscode.ExtensionContext;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<ServerState>();
  #state: ServerState = { kind: 'stopped' };
  #client: LanguageClient | undefined;
  #turn: Promise<void> = Promise.resolve();
  #progressTokens = 0;

  /** Runs for the server's commands that VS Code or another extension calls by their own names. */
  onCommand: CommandHandler = (command, args) => this.execute(command, args);
  readonly onDidChangeState = this.#changed.event;

  constructor(extension: vscode.ExtensionContext, log: vscode.LogOutputChannel) {
    this.#extension = extension;
    this.#log = log;
  }

  get state(): ServerState {
    return this.#state;
  }

  /** Starts the server anew, once those who asked before have had their turn. */
  restart(): Promise<void> {
    const turn = this.#turn.then(async () => {
      await this.#stop();
      await this.#start();
    });
    this.#turn = turn.catch((error: unknown) => this.#log.error(String(error)));
    return turn;
  }

  /** Tells the running server settings that have changed. */
  async configure(): Promise<void> {
    await this.#client?.sendNotification(DidChangeConfigurationNotification.type, {
      settings: { [section]: serverSettings() },
    });
  }

  /**
   * Asks the server and returns what it answers, once it is running.
   *
   * @param onProgress is told the percentage while the server works on it.
   * @throws an error for the user where there is no server or it refuses the call.
   */
  async execute<T>(
    command: string,
    args: readonly unknown[],
    onProgress?: (percentage: number) => void,
  ): Promise<T> {
    await this.#turn;
    const client = this.#client;
    if (client === undefined || this.#state.kind === 'missing') {
      throw new Error(
        this.#state.kind === 'missing' ? this.#state.reason : 'The server is not running.',
      );
    }
    const params = { command, arguments: [...args] };
    if (onProgress === undefined) {
      return client.sendRequest(ExecuteCommandRequest.type, params) as Promise<T>;
    }
    const workDoneToken = `batchpatch-${this.#progressTokens++}`;
    const listener = client.onProgress(WorkDoneProgress.type, workDoneToken, (progress) => {
      if (progress.kind !== 'end') {
        onProgress(progress.percentage ?? 0);
      }
    });
    try {
      return (await client.sendRequest(ExecuteCommandRequest.type, {
        ...params,
        workDoneToken,
      })) as T;
    } finally {
      listener.dispose();
    }
  }

  dispose(): Promise<void> {
    return this.#stop();
  }

  async #start(): Promise<void> {
    const location = locateServer({
      setting: serverPath(),
      extensionFolder: this.#extension.extensionPath,
      searchPath: process.env['PATH'] ?? '',
      trusted: vscode.workspace.isTrusted,
    });
    if (typeof location === 'string') {
      this.#log.error(location);
      this.#become({ kind: 'missing', reason: location });
      return;
    }

    this.#log.info(`starting ${location.path}`);
    const client = new LanguageClient(
      section,
      'Batchpatch',
      { command: location.path, args: ['lsp'], transport: TransportKind.stdio },
      this.#options(),
    );
    this.#client = client;
    client.onDidChangeState(({ newState }) => {
      if (this.#client === client) {
        this.#become(stateOf(newState, client, location));
      }
    });
    await client.start();
  }

  async #stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client === undefined) {
      return;
    }
    try {
      await client.dispose();
    } catch (error) {
      // A server that has crashed cannot be asked to stop, and need not be.
      this.#log.warn(String(error));
    }
    this.#become({ kind: 'stopped' });
  }

  #become(state: ServerState): void {
    this.#state = state;
    this.#changed.fire(state);
  }

  async #offerRestart(): Promise<void> {
    const message = 'Batchpatch: the server has crashed too often, and is not started again.';
    const picked = await vscode.window.showErrorMessage(message, 'Restart', 'Show Log');
    if (picked === 'Restart') {
      await this.restart();
    } else if (picked === 'Show Log') {
      this.#log.show();
    }
  }

  #options(): LanguageClientOptions {
    return {
      documentSelector: schemes.map((scheme) => ({ scheme })),
      errorHandler: new Crashes(() => void this.#offerRestart()),
      initializationOptions: serverSettings,
      outputChannel: this.#log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      middleware: { executeCommand: (command, args) => this.onCommand(command, args) },
    };
  }
}

function stateOf(state: State, client: LanguageClient, location: ServerLocation): ServerState {
  switch (state) {
    case State.Running:
      return {
        kind: 'running',
        version: client.initializeResult?.serverInfo?.version ?? '',
        location,
      };
    case State.Starting:
      return { kind: 'starting' };
    default:
      return { kind: 'stopped' };
  }
}
