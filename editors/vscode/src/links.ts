import * as path from 'node:path';
import * as vscode from 'vscode';
import { fromFile } from './batch/source';
import type { Commands } from './commands';

/**
 * Takes batches from programs outside: `vscode://batchpatch.batchpatch/apply?file=/path/of/the.batch.json`,
 * and `/preview` in the place of `/apply`. Anybody can make such a link, so nothing is applied before the user
 * has agreed to it.
 */
export class Links implements vscode.UriHandler {
  readonly #commands: Commands;

  constructor(commands: Commands) {
    this.#commands = commands;
  }

  async handleUri(uri: vscode.Uri): Promise<void> {
    await this.#commands.told(async () => {
      const file = new URLSearchParams(uri.query).get('file');
      if (!['/apply', '/preview'].includes(uri.path) || file === null || !path.isAbsolute(file)) {
        throw new Error(`This link names no batch file: ${uri.toString(true)}`);
      }
      const batch = vscode.Uri.file(file);
      if (uri.path === '/preview') {
        await this.#commands.review.open(await fromFile(batch));
        return;
      }
      switch (await consent(batch)) {
        case 'Apply':
          return this.#commands.apply(await fromFile(batch));
        case 'Review First':
          return this.#commands.review.open(await fromFile(batch));
        case undefined:
      }
    });
  }
}

function consent(batch: vscode.Uri): Thenable<'Apply' | 'Review First' | undefined> {
  return vscode.window.showWarningMessage(
    'Apply the batch that another program hands over?',
    { modal: true, detail: batch.fsPath },
    'Review First',
    'Apply',
  );
}
