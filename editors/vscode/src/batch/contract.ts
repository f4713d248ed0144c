// The answers of the server that are no outcome, as docs/api.md has them.

import type { Batch, Outcome, Status } from '../generated/contract';

export type {
  Batch,
  Document,
  DocumentOutcome,
  Outcome,
  Patch,
  Range,
  Status,
  Violation,
} from '../generated/contract';

/** What a snapshot is asked for: a document, and of it these lines, from 1, both included. */
export interface SnapshotRequest {
  readonly uri: string;
  readonly startLine?: number;
  readonly endLine?: number;
}

/** A text as the server has it, and the token that names it. */
export interface Snapshot {
  readonly uri: string;
  /** The token of the whole text: a batch names it to be sure that it is applied to this text. */
  readonly snapshot: string;
  readonly revision: string;
  readonly version: number | null;
  readonly startLine: number;
  readonly endLine: number;
  /** Whether these are other lines than were asked for. */
  readonly clamped: boolean;
  readonly lineCount: number;
  /** The lines, byte for byte. */
  readonly text: string;
  /** The lines, each after its number and a tab. */
  readonly numbered: string;
}

/** Which batches of the history are asked for. */
export interface HistoryRequest {
  readonly uri?: string;
  readonly limit?: number;
  /** Gives the text from before the batch of documents that nobody can take back. */
  readonly text?: boolean;
}

/** The batches that documents may hold, or held, the last one first. */
export interface History {
  readonly batches: readonly HistoryEntry[];
}

/** One batch of the history. */
export interface HistoryEntry {
  readonly batchId: string;
  readonly label?: string;
  readonly status: Status;
  /** The batch that it took back, where it is an undo. */
  readonly undoes?: string;
  /** Whether no document holds it any more. */
  readonly undone: boolean;
  readonly documents: readonly {
    readonly uri: string;
    readonly undone: boolean;
    readonly state: string;
    readonly textBefore?: string;
  }[];
}

/** Which diagnostics are taken away; all of them where nothing is said. */
export interface DiagnosticsRequest {
  readonly uri?: string;
  readonly batchId?: string;
  readonly patch?: number;
}

/** A batch that has ended: what was sent, and what became of it. */
export interface EndedBatch {
  /** The batch; absent where it was an undo. */
  readonly batch?: Batch;
  readonly outcome: Outcome;
}
