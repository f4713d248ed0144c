import * as vscode from 'vscode';
import { api, type BatchpatchApi } from './api';
import { Batches } from './batch/batches';
import { Commands } from './commands';
import { HistoryTree } from './history/tree';
import { Links } from './links';
import { ReviewView } from './review/view';
import { Server } from './server/server';
import { restartWithHelp } from './server/help';
import { section } from './server/settings';
import { StatusBar } from './status/statusBar';

export type { BatchpatchApi } from './api';

let server: Server | undefined;

/** Puts the parts together. */
export function activate(context: vscode.ExtensionContext): BatchpatchApi {
  const log = vscode.window.createOutputChannel('Batchpatch', { log: true });
  const running = new Server(context, log);
  server = running;
  const batches = new Batches(running);
  const review = new ReviewView(batches);
  const history = new HistoryTree(batches);
  const statusBar = new StatusBar(running, batches);
  const commands = new Commands({ server: running, batches, review, statusBar, log });

  context.subscriptions.push(
    log,
    batches,
    review,
    history,
    statusBar,
    commands.register(),
    vscode.window.registerTreeDataProvider('batchpatch.history', history),
    vscode.window.registerUriHandler(new Links(commands)),
    batches.onDidEnd(() => history.refresh()),
    running.onDidChangeState(() => history.refresh()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => restartWithHelp(running)),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${section}.server.path`)) {
        void restartWithHelp(running);
      } else if (event.affectsConfiguration(section)) {
        void running.configure();
      }
    }),
  );
  void restartWithHelp(running);
  return api(running, batches);
}

/** Ends the server. */
export async function deactivate(): Promise<void> {
  await server?.dispose();
}
