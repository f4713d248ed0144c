import type * as vscode from 'vscode';
import type { Batches } from './batch/batches';
import type {
  Batch,
  EndedBatch,
  History,
  HistoryRequest,
  Outcome,
  Snapshot,
  SnapshotRequest,
} from './batch/contract';
import type { Server } from './server/server';

export type * from './batch/contract';

/**
 * What other extensions get from the activation:
 * `await vscode.extensions.getExtension('batchpatch.batchpatch').activate()`.
 *
 * All promises are rejected with an error where there is no outcome: without a server, or for a malformed
 * batch. A rejected batch is an outcome.
 */
export interface BatchpatchApi {
  /** Applies a batch, all of it or nothing. */
  apply(batch: Batch): Promise<Outcome>;
  /** The outcome that a batch would have; nothing changes. With `text`, the resulting texts too. */
  preview(batch: Batch, options?: { readonly text?: boolean }): Promise<Outcome>;
  /** A text as the server has it, and the token to name it by in a batch. */
  snapshot(request: SnapshotRequest): Promise<Snapshot>;
  /** Takes a batch back, the last one without an id. */
  undo(batchId?: string): Promise<Outcome>;
  /** The batches that can be taken back, the last one first. */
  history(request?: HistoryRequest): Promise<History>;
  /** Whether the server runs. */
  readonly isRunning: boolean;
  /** A batch or an undo has ended, whoever asked for it. */
  readonly onDidEnd: vscode.Event<EndedBatch>;
  /** The server has started or stopped. */
  readonly onDidChangeRunning: vscode.Event<boolean>;
}

/** The API over the parts of this window. */
export function api(server: Server, batches: Batches): BatchpatchApi {
  return {
    apply: (batch) => batches.apply(batch),
    preview: (batch, options) => batches.preview(batch, options),
    snapshot: (request) => batches.snapshot(request),
    undo: (batchId) => batches.undo(batchId),
    history: (request) => batches.history(request),
    get isRunning() {
      return server.state.kind === 'running';
    },
    onDidEnd: batches.onDidEnd,
    onDidChangeRunning: (listener, self, disposables) =>
      server.onDidChangeState(
        ({ kind }) => listener.call(self, kind === 'running'),
        undefined,
        disposables,
      ),
  };
}
