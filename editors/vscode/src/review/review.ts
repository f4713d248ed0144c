import * as vscode from 'vscode';
import type { Batches } from '../batch/batches';
import type { Outcome, Patch, Violation } from '../batch/contract';
import { documentUri, listed, type ListedBatch, type NamedDocument } from '../batch/documents';
import type { SourcedBatch } from '../batch/source';

/** A patch under review. */
export interface ReviewedPatch {
  readonly document: ReviewedDocument;
  /** Its place among the document's patches, from 0. */
  readonly index: number;
  readonly patch: Patch;
  /** Whether it will be applied. */
  ticked: boolean;
  violation: Violation | undefined;
}

/** A document under review. */
export interface ReviewedDocument {
  /** As the batch calls it. */
  readonly name: string;
  readonly uri: vscode.Uri;
  readonly patches: readonly ReviewedPatch[];
  /** Why the whole document is refused. */
  violation: Violation | undefined;
}

/**
 * A batch that the user looks at before it is applied: which patches they want, and what would come of it.
 *
 * The texts are pinned: the batch that is applied is for those that were looked at, and if one has changed
 * since, it is refused.
 */
export class Review implements vscode.Disposable {
  readonly #batches: Batches;
  readonly #source: ListedBatch;
  readonly #changed = new vscode.EventEmitter<void>();
  #outcome: Outcome;
  #isOutdated = false;
  #refreshing: Promise<void> | undefined;

  readonly name: string;
  readonly documents: readonly ReviewedDocument[];
  readonly onDidChange = this.#changed.event;

  private constructor(batches: Batches, { batch, name }: SourcedBatch, outcome: Outcome) {
    this.#batches = batches;
    this.#source = listed(batch);
    this.#outcome = outcome;
    this.name = batch.label ?? name;
    this.documents = this.#source.documents.map(reviewed);
  }

  /**
   * Opens a review of a batch, with all of its patches ticked.
   *
   * @throws an error for the user where the batch is malformed.
   */
  static async open(batches: Batches, source: SourcedBatch): Promise<Review> {
    const pinned = await pin(batches, source, await batches.preview(source.batch));
    const review = new Review(batches, pinned, await batches.preview(pinned.batch));
    await review.refresh();
    return review;
  }

  /** What would become of the ticked patches. */
  get outcome(): Outcome {
    return this.#outcome;
  }

  get tickedCount(): number {
    return this.documents.flatMap(({ patches }) => patches).filter(({ ticked }) => ticked).length;
  }

  /** Whether the ticked patches can be applied as they stand. */
  get isApplicable(): boolean {
    return this.tickedCount > 0 && ['applied', 'partial'].includes(this.#outcome.status);
  }

  /** The batch of the ticked patches. As a part of another batch it has no id of its own. */
  get ticked(): ListedBatch {
    const isWhole = this.documents.every(({ patches }) => patches.every(({ ticked }) => ticked));
    const { batchId, ...rest } = this.#source;
    const documents = this.documents
      .map(({ patches }, index) => ({
        ...(this.#source.documents[index] as NamedDocument),
        patches: patches.filter(({ ticked }) => ticked).map(({ patch }) => patch),
      }))
      .filter(({ patches }) => patches.length > 0 || isWhole);
    return { ...rest, ...(isWhole && batchId != null && { batchId }), documents };
  }

  /** Ticks what is ticked in another review of the same batch. */
  async tickAs(other: Review): Promise<void> {
    for (const [d, document] of this.documents.entries()) {
      for (const [p, patch] of document.patches.entries()) {
        patch.ticked = other.documents[d]?.patches[p]?.ticked ?? true;
      }
    }
    await this.refresh();
  }

  /** Ticks patches, or takes their ticks away, and looks again at what would come of it. */
  async tick(patches: Iterable<ReviewedPatch>, ticked: boolean): Promise<void> {
    for (const patch of patches) {
      patch.ticked = ticked;
    }
    this.#changed.fire();
    await this.refresh();
  }

  async tickAll(ticked: boolean): Promise<void> {
    await this.tick(
      this.documents.flatMap(({ patches }) => patches),
      ticked,
    );
  }

  /** Asks again what would become of the ticked patches; once for all who ask meanwhile. */
  refresh(): Promise<void> {
    this.#isOutdated = true;
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /**
   * The text that a document would hold with what is ticked and right; undefined where it would not
   * change.
   */
  async textOf(document: ReviewedDocument): Promise<string | undefined> {
    const documents = this.ticked.documents.filter(({ uri }) => uri === document.name);
    const batch = { ...this.ticked, documents, policy: 'bestEffort' as const };
    const outcome = await this.#batches.preview(batch, { text: true });
    return outcome.documents[0]?.text ?? undefined;
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #refresh(): Promise<void> {
    while (this.#isOutdated) {
      this.#isOutdated = false;
      this.#outcome = await this.#batches.preview(this.ticked);
    }
    this.#tell();
  }

  #tell(): void {
    const violations = new Map(
      this.#outcome.violations.map((it) => [placeOf(it.uri, it.patch ?? undefined), it]),
    );
    for (const document of this.documents) {
      document.violation = violations.get(placeOf(document.name));
      // The server counts the patches that it was sent, which are the ticked ones.
      let sent = 0;
      for (const patch of document.patches) {
        patch.violation = patch.ticked ? violations.get(placeOf(document.name, sent++)) : undefined;
      }
    }
    this.#changed.fire();
  }
}

function placeOf(document: string, patch?: number): string {
  return `${patch ?? ''}#${document}`;
}

function reviewed({ uri: name, patches }: NamedDocument): ReviewedDocument {
  const ours: ReviewedPatch[] = [];
  const document: ReviewedDocument = {
    name,
    uri: documentUri(name),
    patches: ours,
    violation: undefined,
  };
  for (const [index, patch] of patches.entries()) {
    ours.push({ document, index, patch, ticked: true, violation: undefined });
  }
  return document;
}

/** The batch with the token of each document's text, where it names none itself. */
async function pin(
  batches: Batches,
  { batch, name }: SourcedBatch,
  { documents: found }: Outcome,
): Promise<SourcedBatch> {
  const { documents, ...rest } = listed(batch);
  const exists = new Set(found.filter(({ state }) => state !== 'unknown').map(({ uri }) => uri));
  const pinned = documents.map(async (document) => {
    if (document.snapshot != null || document.version != null || !exists.has(document.uri)) {
      return document;
    }
    try {
      const request = { uri: document.uri, startLine: 1, endLine: 1 };
      const { snapshot } = await batches.snapshot(request);
      return { ...document, snapshot };
    } catch {
      // What is wrong with the document is told by the preview, as a violation.
      return document;
    }
  });
  return { batch: { ...rest, documents: await Promise.all(pinned) }, name };
}
