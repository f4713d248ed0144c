import * as vscode from 'vscode';
import type { Batch } from './contract';

/** A batch as somebody gave it, and what to call where it came from. */
export interface SourcedBatch {
  readonly batch: Batch;
  readonly name: string;
}

/** The batch that the active editor shows, saved or not. */
export function fromEditor(): SourcedBatch {
  const document = vscode.window.activeTextEditor?.document;
  if (document === undefined) {
    throw new Error('No editor is active. Open the batch in one first.');
  }
  return parsed(document.getText(), vscode.workspace.asRelativePath(document.uri));
}

/** The batch in the clipboard. */
export async function fromClipboard(): Promise<SourcedBatch> {
  return parsed(await vscode.env.clipboard.readText(), 'the clipboard');
}

/** The batch in a file: in the editor that has it open, else on disk. */
export async function fromFile(file: vscode.Uri): Promise<SourcedBatch> {
  const name = vscode.workspace.asRelativePath(file);
  const open = vscode.workspace.textDocuments.find((it) => String(it.uri) === String(file));
  if (open !== undefined) {
    return parsed(open.getText(), name);
  }
  const { type } = await vscode.workspace.fs.stat(file);
  if ((type & vscode.FileType.File) === 0) {
    throw new Error(`${name} is not a file.`);
  }
  return parsed(new TextDecoder().decode(await vscode.workspace.fs.readFile(file)), name);
}

/** Asks the user for a file with a batch; undefined where they think better of it. */
export async function pickFile(action: string): Promise<vscode.Uri | undefined> {
  const files = await vscode.workspace.findFiles('**/*.batch.json', '**/node_modules/**', 1000);
  if (files.length === 0) {
    return browse(action);
  }
  const browsing = { label: '$(folder-opened) Browse…', file: undefined };
  const items = files
    .map((file) => ({ label: `$(json) ${vscode.workspace.asRelativePath(file)}`, file }))
    .sort((a, b) => a.label.localeCompare(b.label));
  const picked = await vscode.window.showQuickPick([...items, browsing], {
    placeHolder: `The batch to ${action.toLowerCase()}`,
  });
  return picked === browsing ? browse(action) : picked?.file;
}

async function browse(action: string): Promise<vscode.Uri | undefined> {
  const picked = await vscode.window.showOpenDialog({
    openLabel: action,
    title: `${action} a batch`,
    filters: { Batches: ['json'], 'All files': ['*'] },
  });
  return picked?.[0];
}

function parsed(text: string, name: string): SourcedBatch {
  let batch: unknown;
  try {
    batch = JSON.parse(text);
  } catch (error) {
    throw new Error(`There is no batch in ${name}: it is not JSON. ${(error as Error).message}`);
  }
  if (typeof batch !== 'object' || batch === null || Array.isArray(batch)) {
    throw new Error(`There is no batch in ${name}: it holds no JSON object.`);
  }
  return { batch: batch as Batch, name };
}
