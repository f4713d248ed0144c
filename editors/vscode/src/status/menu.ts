import * as vscode from 'vscode';
import type { ServerState } from '../server/server';

interface MenuItem extends vscode.QuickPickItem {
  readonly command?: string;
}

/** Offers what can be done now, and does what is picked. */
export async function showMenu(state: ServerState, hasRejected: boolean): Promise<void> {
  const picked = await vscode.window.showQuickPick(items(state, hasRejected), {
    title: 'Batchpatch',
    placeHolder: 'What shall be done?',
  });
  if (picked?.command !== undefined) {
    await vscode.commands.executeCommand(picked.command);
  }
}

function items(state: ServerState, hasRejected: boolean): MenuItem[] {
  const server: MenuItem[] = [
    { label: 'Server', kind: vscode.QuickPickItemKind.Separator },
    { label: '$(refresh) Restart Server', command: 'batchpatch.ui.restart' },
    { label: '$(output) Show Log', command: 'batchpatch.ui.showLog' },
  ];
  if (state.kind === 'missing') {
    return [
      { label: '$(gear) Set the Path of the Server…', command: 'batchpatch.ui.openServerSetting' },
      ...server,
    ];
  }
  const rejected: MenuItem[] = [
    { label: 'The rejected batch', kind: vscode.QuickPickItemKind.Separator },
    { label: '$(eye) Review the Rejected Batch', command: 'batchpatch.ui.reviewRejected' },
    { label: '$(warning) Show Problems', command: 'workbench.actions.view.problems' },
    { label: '$(clear-all) Clear Diagnostics', command: 'batchpatch.ui.clearDiagnostics' },
  ];
  return [
    ...(hasRejected ? rejected : []),
    { label: 'Batches', kind: vscode.QuickPickItemKind.Separator },
    { label: '$(file) Apply Batch from File…', command: 'batchpatch.ui.applyFile' },
    { label: '$(clippy) Apply Batch from Clipboard', command: 'batchpatch.ui.applyClipboard' },
    { label: '$(eye) Preview Batch from File…', command: 'batchpatch.ui.previewFile' },
    { label: '$(eye) Preview Batch from Clipboard', command: 'batchpatch.ui.previewClipboard' },
    { label: '$(discard) Undo Last Batch', command: 'batchpatch.ui.undoLast' },
    { label: '$(discard) Undo Batch from History…', command: 'batchpatch.ui.undoFromHistory' },
    { label: '$(history) Show History', command: 'batchpatch.ui.showHistory' },
    ...server,
  ];
}
