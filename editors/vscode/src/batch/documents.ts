import * as vscode from 'vscode';
import type { Batch, Document } from '../generated/contract';

/** A document of a batch with its name; empty where it has none, as on the standard input. */
export type NamedDocument = Document & { uri: string };

/** A batch whose documents stand in a list, however it was written. */
export type ListedBatch = Omit<Batch, 'documents' | keyof Document> & {
  documents: NamedDocument[];
};

/** The batch with its documents in a list. What it means stays the same. */
export function listed(batch: Batch): ListedBatch {
  const { uri, snapshot, version, patches, documents, ...rest } = batch;
  if (documents != null) {
    return { ...rest, documents: documents.map((it) => ({ ...it, uri: it.uri ?? '' })) };
  }
  return {
    ...rest,
    documents: [
      {
        uri: uri ?? '',
        patches: patches ?? [],
        ...(snapshot != null && { snapshot }),
        ...(version != null && { version }),
      },
    ],
  };
}

/** The URI that a batch's name for a document means: a URI, or a path from the workspace's folder. */
export function documentUri(name: string): vscode.Uri {
  if (/^[a-z][a-z0-9+.-]+:/i.test(name)) {
    return vscode.Uri.parse(name);
  }
  const path = decoded(name);
  const folder = vscode.workspace.workspaceFolders?.[0];
  return folder === undefined || path.startsWith('/')
    ? vscode.Uri.file(path)
    : vscode.Uri.joinPath(folder.uri, path);
}

/** The open document with this URI. */
export function openDocument(uri: vscode.Uri): vscode.TextDocument | undefined {
  const key = uri.toString();
  return vscode.workspace.textDocuments.find(
    (document) => !document.isClosed && document.uri.toString() === key,
  );
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
