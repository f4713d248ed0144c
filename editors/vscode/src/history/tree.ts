import * as vscode from 'vscode';
import type { Batches } from '../batch/batches';
import type { HistoryEntry } from '../batch/contract';
import { documentUri } from '../batch/documents';
import { counted } from '../batch/sentences';

type HistoryDocument = HistoryEntry['documents'][number];

/** An item of the history: a batch, or a document that it changed. */
export type HistoryItem = HistoryEntry | HistoryDocument;

/** The batches that documents may hold, the last one first. */
export class HistoryTree implements vscode.TreeDataProvider<HistoryItem>, vscode.Disposable {
  readonly #batches: Batches;
  readonly #changed = new vscode.EventEmitter<void>();

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(batches: Batches) {
    this.#batches = batches;
  }

  /** Asks the server anew the next time that the history is seen. */
  refresh(): void {
    this.#changed.fire();
  }

  async getChildren(item?: HistoryItem): Promise<HistoryItem[]> {
    if (item !== undefined) {
      return isBatch(item) ? [...item.documents] : [];
    }
    try {
      return [...(await this.#batches.history()).batches];
    } catch {
      // Without a server there is no history. The status bar says so.
      return [];
    }
  }

  getTreeItem(item: HistoryItem): vscode.TreeItem {
    return isBatch(item) ? batchItem(item) : documentItem(item);
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

/** What a batch of the history is called. */
export function nameOf(entry: HistoryEntry): string {
  return entry.label ?? entry.batchId;
}

/** What became of a batch of the history, in a few words. */
export function describe(entry: HistoryEntry): string {
  const what = entry.undone ? 'undone' : entry.undoes === undefined ? entry.status : 'undo';
  return `${what} · ${counted(entry.documents.length, 'document')}`;
}

/** The codicon for what became of a batch of the history. */
export function iconOf(entry: HistoryEntry): string {
  if (entry.undone) {
    return 'circle-slash';
  }
  if (entry.undoes !== undefined) {
    return 'discard';
  }
  return entry.status === 'applied' ? 'check' : 'warning';
}

function isBatch(item: HistoryItem): item is HistoryEntry {
  return 'batchId' in item;
}

function batchItem(entry: HistoryEntry): vscode.TreeItem {
  const item = new vscode.TreeItem(nameOf(entry), vscode.TreeItemCollapsibleState.Collapsed);
  item.id = entry.batchId;
  item.description = describe(entry);
  item.tooltip = entry.batchId;
  item.iconPath = new vscode.ThemeIcon(iconOf(entry));
  item.contextValue = entry.undone ? 'undoneBatch' : 'batch';
  return item;
}

function documentItem({ uri: name, undone, state }: HistoryDocument): vscode.TreeItem {
  const uri = documentUri(name);
  const item = new vscode.TreeItem(uri);
  item.description = undone ? 'undone' : state === 'after' ? '' : state;
  item.iconPath = vscode.ThemeIcon.File;
  item.command = { command: 'vscode.open', title: 'Open', arguments: [uri] };
  return item;
}
