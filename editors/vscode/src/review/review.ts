import * as vscode from 'vscode';
import type { Batches } from '../batch/batches';
import type { DocumentOutcome, Outcome, Patch, Violation } from '../batch/contract';
import { documentUri, listed, type ListedBatch, type NamedDocument } from '../batch/documents';
import type { SourcedBatch } from '../batch/source';

/** A patch under review. */
export interface ReviewedPatch {
  readonly document: ReviewedDocument;
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
  outcome: DocumentOutcome | undefined;
  /** The text that it would hold; undefined where it would not change or cannot be read. */
  text: string | undefined;
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
  #turn = 0;
  #outcome: Outcome;

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

  /** Asks again what would become of the ticked patches. The last of several at once counts. */
  async refresh(): Promise<void> {
    const turn = ++this.#turn;
    const batch = this.ticked;
    const outcome = await this.#batches.preview(batch, { text: true });
    // Of a batch that would be rejected there is no text. What it would be without what is wrong
    // shows at least the rest.
    const texts =
      outcome.status === 'rejected'
        ? await this.#batches.preview({ ...batch, policy: 'bestEffort' }, { text: true })
        : outcome;
    if (turn !== this.#turn) {
      return;
    }
    this.#outcome = outcome;
    for (const document of this.documents) {
      this.#tell(document, outcome, texts);
    }
    this.#changed.fire();
  }

  dispose(): void {
    // What is still under way must not come back to a review that is closed.
    this.#turn++;
    this.#changed.dispose();
  }

  #tell(document: ReviewedDocument, outcome: Outcome, texts: Outcome): void {
    const violations = outcome.violations.filter(({ uri }) => uri === document.name);
    document.violation = violations.find(({ patch }) => patch == null);
    document.outcome = texts.documents.find(({ uri }) => uri === document.name);
    document.text = document.outcome?.text ?? undefined;
    // The server counts the patches that it was sent, which are the ticked ones.
    const sent = document.patches.filter(({ ticked }) => ticked);
    for (const patch of document.patches) {
      const index = sent.indexOf(patch);
      patch.violation = violations.find((violation) => violation.patch === index);
    }
  }
}

function reviewed({ uri: name, patches }: NamedDocument): ReviewedDocument {
  const ours: ReviewedPatch[] = [];
  const document: ReviewedDocument = {
    name,
    uri: documentUri(name),
    patches: ours,
    violation: undefined,
    outcome: undefined,
    text: undefined,
  };
  for (const patch of patches) {
    ours.push({ document, patch, ticked: true, violation: undefined });
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
