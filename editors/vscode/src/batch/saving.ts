import * as vscode from 'vscode';
import { saveAfterApply } from '../server/settings';
import type { Outcome } from './contract';
import { documentUri, openDocument } from './documents';

/** The documents that the user had open before a batch, to know which ones it opened. */
export class OpenBefore {
  // VS Code holds a text for some time after its editor was closed, so texts alone say nothing.
  readonly #open = new Set([...inEditors(), ...inNotebooks(), ...unsaved()].map(String));

  /**
   * Saves what the user wants saved of an outcome's documents, as the setting `batchpatch.saveAfterApply`
   * says. Only texts that were seen to be the batch's are saved.
   */
  async save(outcome: Outcome): Promise<void> {
    const which = saveAfterApply();
    if (which === 'never') {
      return;
    }
    const changed = outcome.documents
      .filter(({ state, confirmed }) => state === 'after' && confirmed === true)
      .map(({ uri }) => openDocument(documentUri(uri)))
      .filter((document) => document !== undefined && document.isDirty && !document.isUntitled);
    const wanted = changed.filter(
      (document) => which === 'all' || !this.#open.has(String(document!.uri)),
    ) as vscode.TextDocument[];

    const refused: string[] = [];
    for (const document of wanted) {
      if (!(await document.save())) {
        refused.push(vscode.workspace.asRelativePath(document.uri));
      }
    }
    if (refused.length > 0) {
      void vscode.window.showWarningMessage(
        `Batchpatch: applied, but not saved: ${refused.join(', ')}`,
      );
    }
  }
}

/** The documents that an editor is open for: of a diff, the side that can be changed. */
function inEditors(): vscode.Uri[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .map(({ input }) => {
      if (input instanceof vscode.TabInputTextDiff) {
        return input.modified;
      }
      return input instanceof vscode.TabInputText ? input.uri : undefined;
    })
    .filter((uri) => uri !== undefined);
}

/** A notebook's cells are documents of their own. */
function inNotebooks(): vscode.Uri[] {
  return vscode.workspace.notebookDocuments
    .flatMap((notebook) => notebook.getCells())
    .map(({ document }) => document.uri);
}

/** What somebody changed and did not save is theirs, though no editor shows it yet. */
function unsaved(): vscode.Uri[] {
  return vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty).map(({ uri }) => uri);
}
