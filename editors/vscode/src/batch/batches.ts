import * as vscode from 'vscode';
import type { Server } from '../server/server';
import type {
  Batch,
  DiagnosticsRequest,
  EndedBatch,
  History,
  HistoryRequest,
  Outcome,
  Snapshot,
  SnapshotRequest,
} from './contract';
import { OpenBefore } from './saving';

/** A batch that is under way. */
export interface RunningBatch {
  /** How far it is, from 0 to 100. */
  readonly percentage: number;
}

/**
 * All that is asked of the server about batches, whoever asks: a command, a quick fix, another extension.
 * So what follows a batch (the status bar, the history, saving) follows every batch.
 */
export class Batches implements vscode.Disposable {
  readonly #server: Server;
  readonly #running = new Set<{ percentage: number }>();
  readonly #runningChanged = new vscode.EventEmitter<void>();
  readonly #ended = new vscode.EventEmitter<EndedBatch>();

  /** A batch or an undo has ended, whatever came of it. */
  readonly onDidEnd = this.#ended.event;
  readonly onDidChangeRunning = this.#runningChanged.event;

  constructor(server: Server) {
    this.#server = server;
    server.onCommand = (command, args) => this.#command(command, args);
  }

  /** The batches and undos that are under way. */
  get running(): ReadonlySet<RunningBatch> {
    return this.#running;
  }

  apply(batch: Batch): Promise<Outcome> {
    return this.#change('batchpatch.apply', [batch], batch);
  }

  preview(batch: Batch, options: { readonly text?: boolean } = {}): Promise<Outcome> {
    return this.#server.execute('batchpatch.preview', [batch, options]);
  }

  undo(batchId?: string): Promise<Outcome> {
    return this.#change('batchpatch.undo', batchId === undefined ? [] : [{ batchId }]);
  }

  snapshot(request: SnapshotRequest): Promise<Snapshot> {
    return this.#server.execute('batchpatch.snapshot', [request]);
  }

  history(request: HistoryRequest = {}): Promise<History> {
    return this.#server.execute('batchpatch.history', [request]);
  }

  async clearDiagnostics(request: DiagnosticsRequest = {}): Promise<void> {
    await this.#server.execute('batchpatch.clearDiagnostics', [request]);
  }

  dispose(): void {
    this.#ended.dispose();
    this.#runningChanged.dispose();
  }

  /** A command of the server that was called by its own name, as quick fixes do. */
  async #command(command: string, args: readonly unknown[]): Promise<unknown> {
    try {
      switch (command) {
        case 'batchpatch.apply':
          return await this.#change(command, args, args[0] as Batch);
        case 'batchpatch.undo':
          return await this.#change(command, args);
        default:
          return await this.#server.execute(command, args);
      }
    } catch (error) {
      void vscode.window.showErrorMessage(`Batchpatch: ${messageOf(error)}`);
      throw error;
    }
  }

  async #change(command: string, args: readonly unknown[], batch?: Batch): Promise<Outcome> {
    const openBefore = new OpenBefore();
    const running = { percentage: 0 };
    this.#running.add(running);
    this.#runningChanged.fire();
    try {
      const outcome = await this.#server.execute<Outcome>(command, args, (percentage) => {
        running.percentage = percentage;
        this.#runningChanged.fire();
      });
      await openBefore.save(outcome);
      this.#ended.fire({ outcome, ...(batch !== undefined && { batch }) });
      return outcome;
    } finally {
      this.#running.delete(running);
      this.#runningChanged.fire();
    }
  }
}

/** What an error says to a person. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
