import * as vscode from 'vscode';
import { counted } from '../batch/sentences';
import type { Review, ReviewedDocument, ReviewedPatch } from './review';
import { excerpt, icon, title } from './patches';

/** An item of the review: a document, or one of its patches. */
export type ReviewItem = ReviewedDocument | ReviewedPatch;

const wrong = new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));

/** The documents and patches under review, with their check boxes. */
export class ReviewTree implements vscode.TreeDataProvider<ReviewItem>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<ReviewItem[] | undefined>();
  #review: Review | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  /** Shows this review as it is now. */
  show(review: Review | undefined): void {
    // While VS Code reads a whole tree anew it cannot say what is selected, and keys would be lost.
    const isSame = review === this.#review;
    this.#review = review;
    this.#changed.fire(isSame ? this.getChildren() : undefined);
  }

  getChildren(item?: ReviewItem): ReviewItem[] {
    if (item === undefined) {
      return [...(this.#review?.documents ?? [])];
    }
    return isPatch(item) ? [] : [...item.patches];
  }

  getParent(item: ReviewItem): ReviewItem | undefined {
    return isPatch(item) ? item.document : undefined;
  }

  getTreeItem(item: ReviewItem): vscode.TreeItem {
    return isPatch(item) ? patchItem(item) : documentItem(item);
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

/** The patches that a check box stands for. */
export function patchesOf(item: ReviewItem): readonly ReviewedPatch[] {
  return isPatch(item) ? [item] : item.patches;
}

/** Whether the item is a patch. */
export function isPatch(item: ReviewItem): item is ReviewedPatch {
  return 'document' in item;
}

function documentItem(document: ReviewedDocument): vscode.TreeItem {
  const { uri, patches, violation } = document;
  const item = new vscode.TreeItem(uri, vscode.TreeItemCollapsibleState.Expanded);
  const ticked = patches.filter((patch) => patch.ticked).length;
  const count = counted(patches.length, 'patch', 'patches');
  const name = vscode.workspace.asRelativePath(uri);
  const what = violation?.message ?? (ticked < patches.length ? `${ticked} of ${count}` : count);
  item.id = uri.toString();
  item.description = [folderOf(name), what].filter((words) => words !== '').join(' · ');
  item.tooltip = violation === undefined ? name : `${name}: ${violation.message}`;
  item.iconPath = violation === undefined ? vscode.ThemeIcon.File : wrong;
  item.contextValue = 'document';
  item.checkboxState = checkbox(ticked === patches.length, name);
  item.command = opening(document);
  return item;
}

/** Where a file is; empty for one directly in the workspace. */
function folderOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')));
}

function patchItem(reviewed: ReviewedPatch): vscode.TreeItem {
  const { document, index, patch, ticked, violation } = reviewed;
  const name = title(patch);
  const item = new vscode.TreeItem(name);
  item.id = `${document.uri}#${index}`;
  item.description = violation?.message ?? excerpt(patch);
  item.tooltip = violation === undefined ? name : `${violation.code}: ${violation.message}`;
  item.iconPath = violation === undefined ? new vscode.ThemeIcon(icon(patch)) : wrong;
  item.contextValue = 'patch';
  item.checkboxState = checkbox(ticked, name);
  item.command = opening(reviewed);
  if (violation !== undefined) {
    item.accessibilityInformation = { label: `${name}, would be rejected: ${violation.message}` };
  }
  return item;
}

function checkbox(ticked: boolean, name: string): NonNullable<vscode.TreeItem['checkboxState']> {
  return {
    state: ticked ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked,
    accessibilityInformation: { label: `Apply ${name}` },
    tooltip: ticked ? 'Will be applied' : 'Will be left out',
  };
}

function opening(item: ReviewItem): vscode.Command {
  return { command: 'batchpatch.ui.openDiff', title: 'Open the Diff', arguments: [item] };
}
