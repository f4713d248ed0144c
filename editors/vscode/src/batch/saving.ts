import * as vscode from 'vscode';
import { saveAfterApply } from '../server/settings';
import type { Outcome } from './contract';
import { documentUri, openDocument } from './documents';

/** The documents that were open before a batch, to know which ones it opened. */
export class OpenBefore {
  readonly #open = new Set(vscode.workspace.textDocuments.map((document) => String(document.uri)));

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

    const unsaved: string[] = [];
    for (const document of wanted) {
      if (!(await document.save())) {
        unsaved.push(vscode.workspace.asRelativePath(document.uri));
      }
    }
    if (unsaved.length > 0) {
      void vscode.window.showWarningMessage(
        `Batchpatch: applied, but not saved: ${unsaved.join(', ')}`,
      );
    }
  }
}
