import * as vscode from 'vscode';
import type { Server } from './server';

/** Starts the server anew, and where there is none tells the user how to get one. */
export async function restartWithHelp(server: Server): Promise<void> {
  await server.restart();
  if (server.state.kind === 'missing') {
    await offerHelp(server.state.reason);
  }
}

async function offerHelp(reason: string): Promise<void> {
  const picked = await vscode.window.showErrorMessage(
    `Batchpatch: ${reason}`,
    'Open Setting',
    'How to Install',
  );
  if (picked === 'Open Setting') {
    await vscode.commands.executeCommand('batchpatch.ui.openServerSetting');
  } else if (picked === 'How to Install') {
    await vscode.commands.executeCommand(
      'workbench.action.openWalkthrough',
      'batchpatch.batchpatch#start',
    );
  }
}
