import * as vscode from 'vscode';
import { messageOf, type Batches } from '../batch/batches';
import type { Outcome } from '../batch/contract';
import type { SourcedBatch } from '../batch/source';
import { sentence, violationCount } from '../batch/sentences';
import { Review } from './review';
import { closeDiffs, openDiff, PreviewTexts } from './texts';
import { isPatch, patchesOf, ReviewTree, type ReviewItem } from './tree';

/** The view “Review”: at most one review, its tree and its diffs. */
export class ReviewView implements vscode.Disposable {
  readonly #batches: Batches;
  readonly #tree = new ReviewTree();
  readonly #texts = new PreviewTexts();
  readonly #view: vscode.TreeView<ReviewItem>;
  readonly #listeners: vscode.Disposable[];
  #review: Review | undefined;
  #source: SourcedBatch | undefined;

  constructor(batches: Batches) {
    this.#batches = batches;
    this.#view = vscode.window.createTreeView('batchpatch.review', {
      treeDataProvider: this.#tree,
      manageCheckboxStateManually: true,
      showCollapseAll: false,
    });
    this.#listeners = [
      this.#view.onDidChangeCheckboxState(({ items }) => this.#tick(items)),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) {
          this.#look(document.uri);
        }
      }),
    ];
  }

  /** Opens a review in the place of the one that is there, and goes to it. */
  async open(source: SourcedBatch): Promise<void> {
    const review = await Review.open(this.#batches, source);
    await this.close();
    this.#source = source;
    this.#review = review;
    review.onDidChange(() => this.#show());
    await vscode.commands.executeCommand('setContext', 'batchpatch.reviewing', true);
    this.#show();
    await vscode.commands.executeCommand('batchpatch.review.focus');
    const [first] = review.documents;
    if (first !== undefined) {
      await openDiff(first, first.patches[0]);
    }
  }

  /** Looks at the batch anew, for the texts as they are now. What is ticked stays so. */
  async reopen(): Promise<void> {
    const before = this.#review;
    if (before !== undefined && this.#source !== undefined) {
      await this.open(this.#source);
      await this.#review?.tickAs(before);
    }
  }

  /** Ends the review without applying anything. */
  async close(): Promise<void> {
    if (this.#review === undefined) {
      return;
    }
    this.#review.dispose();
    this.#review = undefined;
    this.#source = undefined;
    this.#show();
    await vscode.commands.executeCommand('setContext', 'batchpatch.reviewing', false);
    await closeDiffs();
  }

  async tickAll(ticked: boolean): Promise<void> {
    await this.#review?.tickAll(ticked);
  }

  /** Ticks the selected item of the tree, or takes its tick away. */
  async toggle(): Promise<void> {
    for (const item of this.#view.selection) {
      const patches = patchesOf(item);
      await this.#review?.tick(patches, !patches.every(({ ticked }) => ticked));
    }
  }

  /** Opens the diff of what stands in the tree. */
  async openDiff(item: ReviewItem): Promise<void> {
    await (isPatch(item) ? openDiff(item.document, item) : openDiff(item));
  }

  /**
   * Applies the ticked patches, all or none, and ends the review if that went well.
   *
   * @throws an error for the user where there is no review.
   */
  async apply(): Promise<Outcome> {
    const review = this.#review;
    if (review === undefined) {
      throw new Error('No batch is under review. Preview one first.');
    }
    if (review.tickedCount === 0) {
      throw new Error('No patch is ticked.');
    }
    const outcome = await this.#batches.apply(review.ticked);
    if (['applied', 'partial', 'noop'].includes(outcome.status)) {
      await this.close();
    } else {
      await review.refresh();
    }
    return outcome;
  }

  dispose(): void {
    this.#review?.dispose();
    for (const disposable of [...this.#listeners, this.#view, this.#tree, this.#texts]) {
      disposable.dispose();
    }
  }

  #tick(items: readonly [ReviewItem, vscode.TreeItemCheckboxState][]): void {
    // VS Code lists a document and its patches, or one of them; each says what it is to be.
    for (const [item, state] of items) {
      const ticked = state === vscode.TreeItemCheckboxState.Checked;
      this.#told(this.#review?.tick(patchesOf(item), ticked));
    }
  }

  /** A document under review has another text now. */
  #look(changed: vscode.Uri): void {
    const isReviewed = this.#review?.documents.some(({ uri }) => String(uri) === String(changed));
    if (isReviewed === true) {
      this.#told(this.#review?.refresh());
    }
  }

  #told(work: Promise<void> | undefined): void {
    work?.catch((error: unknown) => {
      this.#view.message = messageOf(error);
    });
  }

  #show(): void {
    const review = this.#review;
    this.#tree.show(review);
    this.#texts.show(review);
    if (review === undefined) {
      this.#view.message = '';
      this.#view.description = '';
      this.#view.badge = undefined;
      return;
    }
    const count = violationCount(review.outcome);
    this.#view.description = review.name;
    this.#view.message = review.tickedCount === 0 ? 'No patch is ticked.' : whatWouldBe(review);
    this.#view.badge =
      count > 0 ? { value: count, tooltip: `would be ${sentence(review.outcome)}` } : undefined;
    void vscode.commands.executeCommand('setContext', 'batchpatch.applicable', review.isApplicable);
  }
}

function whatWouldBe({ outcome }: Review): string {
  return outcome.status === 'noop'
    ? 'There is nothing to change.'
    : `Would be ${sentence(outcome)}.`;
}
