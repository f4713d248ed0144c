import * as vscode from 'vscode';
import { messageOf, type Batches } from './batch/batches';
import type { HistoryEntry, Outcome } from './batch/contract';
import { documentUri, openDocument } from './batch/documents';
import { sentence } from './batch/sentences';
import { fromClipboard, fromEditor, fromFile, pickFile, type SourcedBatch } from './batch/source';
import { describe, iconOf, nameOf } from './history/tree';
import type { ReviewItem } from './review/tree';
import type { ReviewView } from './review/view';
import { restartWithHelp } from './server/help';
import type { Server } from './server/server';
import { showMenu } from './status/menu';
import type { StatusBar } from './status/statusBar';

/** What the commands work with. */
export interface Parts {
  readonly server: Server;
  readonly batches: Batches;
  readonly review: ReviewView;
  readonly statusBar: StatusBar;
  readonly log: vscode.LogOutputChannel;
}

/** What a user can call. */
export class Commands {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get review(): ReviewView {
    return this.#parts.review;
  }

  /**
   * Makes the commands known to VS Code.
   *
   * They are called `batchpatch.ui.…` because the language client takes the names of the server's own
   * commands.
   */
  register(): vscode.Disposable {
    const { server, batches, review, statusBar, log } = this.#parts;
    const commands: Record<string, (...args: never[]) => unknown> = {
      applyEditor: () => this.apply(fromEditor()),
      applyFile: (file?: vscode.Uri) => this.#fromFile('Apply', file, (it) => this.apply(it)),
      applyClipboard: async () => this.apply(await fromClipboard()),
      previewEditor: () => review.open(fromEditor()),
      previewFile: (file?: vscode.Uri) => this.#fromFile('Preview', file, (it) => review.open(it)),
      previewClipboard: async () => review.open(await fromClipboard()),
      applyPreviewed: async () => this.#tell(await review.apply()),
      tickAll: () => review.tickAll(true),
      toggle: () => review.toggle(),
      tickNone: () => review.tickAll(false),
      refreshPreview: () => review.reopen(),
      closePreview: () => review.close(),
      openDiff: (item: ReviewItem) => review.openDiff(item),
      undoLast: async () => this.#tell(await batches.undo()),
      undoFromHistory: () => this.#undoFromHistory(),
      undoBatch: async ({ batchId }: HistoryEntry) => this.#tell(await batches.undo(batchId)),
      showHistory: () => vscode.commands.executeCommand('batchpatch.history.focus'),
      clearDiagnostics: async () => {
        await batches.clearDiagnostics();
        statusBar.forget();
      },
      reviewRejected: () => this.#reviewRejected(),
      restart: () => restartWithHelp(server),
      showLog: () => log.show(),
      showMenu: () => showMenu(server.state, this.#rejected !== undefined),
      openServerSetting: () => openMachineSetting('batchpatch.server.path'),
    };
    return vscode.Disposable.from(
      ...Object.entries(commands).map(([name, run]) =>
        vscode.commands.registerCommand(`batchpatch.ui.${name}`, (...args: never[]) =>
          this.told(() => run(...args)),
        ),
      ),
    );
  }

  /** Applies a batch that the user gave. */
  async apply({ batch }: SourcedBatch): Promise<void> {
    this.#tell(await this.#parts.batches.apply(batch));
  }

  /** Runs what the user asked for, and tells them if it cannot be done. */
  async told(run: () => unknown): Promise<void> {
    try {
      await run();
    } catch (error) {
      void vscode.window.showErrorMessage(`Batchpatch: ${messageOf(error)}`);
    }
  }

  /**
   * Says what the user would not see otherwise. What was applied is in the status bar, and what is wrong
   * stands as diagnostics in the documents, where these are open.
   */
  #tell(outcome: Outcome): void {
    const message = `Batchpatch: ${sentence(outcome)}`;
    if (outcome.status === 'failed' || outcome.status === 'rolledBack') {
      const why = [...outcome.violations.map((it) => it.message), ...outcome.warnings];
      void this.#offer([message, ...why].join('. '), 'Show Log', 'batchpatch.ui.showLog');
      return;
    }
    const unseen = outcome.violations.find(({ uri }) => !openDocument(documentUri(uri)));
    if (unseen === undefined) {
      return;
    }
    const why = `${message}. ${unseen.message}`;
    if (this.#rejected === undefined) {
      void vscode.window.showWarningMessage(why);
    } else {
      void this.#offer(why, 'Review', 'batchpatch.ui.reviewRejected');
    }
  }

  async #offer(message: string, button: string, command: string): Promise<void> {
    if ((await vscode.window.showWarningMessage(message, button)) !== undefined) {
      await vscode.commands.executeCommand(command);
    }
  }

  async #fromFile(
    action: string,
    file: vscode.Uri | undefined,
    run: (batch: SourcedBatch) => Promise<void>,
  ): Promise<void> {
    const picked = file ?? (await pickFile(action));
    if (picked !== undefined) {
      await run(await fromFile(picked));
    }
  }

  async #undoFromHistory(): Promise<void> {
    const { batches } = await this.#parts.batches.history();
    const items = batches
      .filter(({ undone }) => !undone)
      .map((entry) => ({
        label: `$(${iconOf(entry)}) ${nameOf(entry)}`,
        description: describe(entry),
        entry,
      }));
    if (items.length === 0) {
      void vscode.window.showInformationMessage('Batchpatch: there is no batch to undo.');
      return;
    }
    const picked = await vscode.window.showQuickPick(items, { placeHolder: 'The batch to undo' });
    if (picked !== undefined) {
      this.#tell(await this.#parts.batches.undo(picked.entry.batchId));
    }
  }

  get #rejected(): SourcedBatch | undefined {
    const { batch, outcome } = this.#parts.statusBar.last ?? {};
    return batch !== undefined && outcome !== undefined && outcome.violations.length > 0
      ? { batch, name: 'The rejected batch' }
      : undefined;
  }

  async #reviewRejected(): Promise<void> {
    const rejected = this.#rejected;
    if (rejected === undefined) {
      throw new Error('No batch was rejected.');
    }
    await this.#parts.review.open(rejected);
  }
}

/** Goes to a setting that belongs to the machine, which in a remote window is not the user's own. */
function openMachineSetting(query: string): Thenable<unknown> {
  const which = vscode.env.remoteName === undefined ? 'openSettings' : 'openRemoteSettings';
  return vscode.commands.executeCommand(`workbench.action.${which}`, { query });
}
