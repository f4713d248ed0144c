import * as vscode from 'vscode';
import {
  DidChangeConfigurationNotification,
  ExecuteCommandRequest,
  State,
  WorkDoneProgress,
} from 'vscode-languageclient/node';
import { Client } from './client';
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

/** The one server of this window: found, started, restarted, asked. */
export class Server implements vscode.Disposable {
  readonly #extension: vscode.ExtensionContext;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<ServerState>();
  #state: ServerState = { kind: 'stopped' };
  readonly #crashes = new Crashes();
  #client: Client | undefined;
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
    const options = {
      initializationOptions: serverSettings,
      outputChannel: this.#log,
      middleware: {
        executeCommand: (command: string, args: unknown[]) => this.onCommand(command, args),
      },
    };
    const client = new Client(location.path, options, () => this.#gone(client));
    this.#client = client;
    client.onDidChangeState(({ newState }) => {
      if (this.#client === client) {
        this.#become(stateOf(newState, client, location));
      }
    });
    try {
      await client.start();
    } catch (error) {
      this.#log.error(String(error));
      this.#gone(client);
    }
  }

  /** The server is gone, also one that never came: it is started again until that happens too often. */
  #gone(client: Client): void {
    // One that was asked to go has no part here any more, and each is counted once.
    if (this.#client !== client) {
      return;
    }
    this.#client = undefined;
    this.#become({ kind: 'stopped' });
    if (this.#crashes.count()) {
      void this.restart();
    } else {
      void this.#offerRestart();
    }
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
    const message = 'Batchpatch: the server crashes again and again, and is not started any more.';
    const picked = await vscode.window.showErrorMessage(message, 'Restart', 'Show Log');
    if (picked === 'Restart') {
      await this.restart();
    } else if (picked === 'Show Log') {
      this.#log.show();
    }
  }
}

function stateOf(state: State, client: Client, location: ServerLocation): ServerState {
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
