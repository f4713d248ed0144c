import * as vscode from 'vscode';
import type { Review, ReviewedDocument, ReviewedPatch } from './review';
import { lineAfter } from './patches';

const scheme = 'batchpatch-preview';

/** Gives VS Code's diff editor the texts that the documents under review would hold. */
export class PreviewTexts implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #registration: vscode.Disposable;
  #review: Review | undefined;

  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const review = this.#review;
    const document = review?.documents.find((it) => String(previewUri(it)) === String(uri));
    if (review === undefined || document === undefined) {
      return '';
    }
    const text = await review.textOf(document);
    return text ?? (await vscode.workspace.openTextDocument(document.uri)).getText();
  }

  /** Shows the texts of this review from now on, in diffs that are open too. */
  show(review: Review | undefined): void {
    this.#review = review;
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme === scheme) {
        this.#changed.fire(uri);
      }
    }
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}

/** Opens the diff of a document against what it would be, at a patch. The focus stays where it is. */
export async function openDiff(document: ReviewedDocument, at?: ReviewedPatch): Promise<void> {
  const options: vscode.TextDocumentShowOptions = { preserveFocus: true, preview: true };
  if (document.violation !== undefined) {
    await vscode.commands.executeCommand('vscode.open', document.uri, options);
    return;
  }
  if (at !== undefined) {
    const applied = document.patches.filter(({ ticked, violation }) => ticked && !violation);
    const line = lineAfter(
      at.patch,
      applied.map(({ patch }) => patch),
    );
    options.selection = new vscode.Range(line, 0, line, 0);
  }
  await vscode.commands.executeCommand(
    'vscode.diff',
    document.uri,
    previewUri(document),
    `${vscode.workspace.asRelativePath(document.uri)} ↔ with the batch`,
    options,
  );
}

/** Closes the diffs that were opened. */
export async function closeDiffs(): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const isDiff = ({ input }: vscode.Tab) =>
    input instanceof vscode.TabInputTextDiff && input.modified.scheme === scheme;
  await vscode.window.tabGroups.close(tabs.filter(isDiff), true);
}

/** Its path ends as the document's does, so that it is coloured alike. */
function previewUri({ uri }: ReviewedDocument): vscode.Uri {
  return vscode.Uri.from({ scheme, path: uri.path, query: uri.toString() });
}
