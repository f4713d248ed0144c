import * as vscode from 'vscode';
import type { Review, ReviewedDocument, ReviewedPatch } from './review';
import { lineAfter } from './patches';

const scheme = 'batchpatch-preview';

/** Gives VS Code's diff editor the texts that the documents under review would hold. */
export class PreviewTexts implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #registration: vscode.Disposable;
  #texts = new Map<string, string>();

  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  /** Shows the texts of this review from now on, in editors that are open too. */
  show(review: Review | undefined): void {
    const before = this.#texts;
    this.#texts = new Map(
      (review?.documents ?? [])
        .filter(({ text }) => text !== undefined)
        .map((document) => [previewUri(document).toString(), document.text as string]),
    );
    for (const uri of new Set([...before.keys(), ...this.#texts.keys()])) {
      if (before.get(uri) !== this.#texts.get(uri)) {
        this.#changed.fire(vscode.Uri.parse(uri));
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
  if (document.text === undefined) {
    await vscode.commands.executeCommand('vscode.open', document.uri, options);
    return;
  }
  const name = vscode.workspace.asRelativePath(document.uri);
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
    `${name} ↔ with the batch`,
    options,
  );
}

/** Closes the diffs that were opened. */
export async function closeDiffs(): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  await vscode.window.tabGroups.close(
    tabs.filter(
      ({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.scheme === scheme,
    ),
    true,
  );
}

/** Its path ends as the document's does, so that it is coloured alike. */
function previewUri({ uri }: ReviewedDocument): vscode.Uri {
  return vscode.Uri.from({ scheme, path: uri.path, query: uri.toString() });
}
