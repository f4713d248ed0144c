import * as vscode from 'vscode';

/** When the files that a batch changed are saved. */
export type SaveAfterApply = 'never' | 'unopened' | 'all';

/** The section of the extension's settings. */
export const section = 'batchpatch';

/** The setting `batchpatch.server.path`; empty where it is not set. */
export function serverPath(): string {
  return vscode.workspace.getConfiguration(section).get('server.path', '').trim();
}

/** The setting `batchpatch.saveAfterApply`. */
export function saveAfterApply(): SaveAfterApply {
  return vscode.workspace.getConfiguration(section).get<SaveAfterApply>('saveAfterApply', 'never');
}

/**
 * What is the server's of the settings. It gets no more than that: it refuses settings that it does not
 * know.
 */
export function serverSettings(): object {
  const settings = vscode.workspace.getConfiguration(section);
  return {
    limits: settings.get<object>('limits', {}),
    timeouts: settings.get<object>('timeouts', {}),
  };
}
