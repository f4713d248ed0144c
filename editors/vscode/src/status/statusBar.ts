import * as vscode from 'vscode';
import type { Batches } from '../batch/batches';
import type { EndedBatch } from '../batch/contract';
import { sentence } from '../batch/sentences';
import type { Server } from '../server/server';

interface Shown {
  readonly icon: string;
  readonly text: string;
  readonly isWarning?: boolean;
}

/** The item in the status bar: where the server stands, and what became of the last batch. */
export class StatusBar implements vscode.Disposable {
  readonly #server: Server;
  readonly #batches: Batches;
  readonly #item: vscode.StatusBarItem;
  readonly #listeners: vscode.Disposable[];
  #last: EndedBatch | undefined;

  constructor(server: Server, batches: Batches) {
    this.#server = server;
    this.#batches = batches;
    this.#item = vscode.window.createStatusBarItem(
      'batchpatch.status',
      vscode.StatusBarAlignment.Right,
      100,
    );
    this.#item.name = 'Batchpatch';
    this.#item.command = 'batchpatch.ui.showMenu';
    this.#listeners = [
      server.onDidChangeState(() => this.#show()),
      batches.onDidChangeRunning(() => this.#show()),
      batches.onDidEnd((ended) => {
        this.#last = ended;
        this.#show();
      }),
    ];
    this.#show();
    this.#item.show();
  }

  /** The batch that ended last. */
  get last(): EndedBatch | undefined {
    return this.#last;
  }

  /** Forgets the last batch: what there was to say of it has been taken away. */
  forget(): void {
    this.#last = undefined;
    this.#show();
  }

  dispose(): void {
    for (const disposable of [this.#item, ...this.#listeners]) {
      disposable.dispose();
    }
  }

  #show(): void {
    const { icon, text, isWarning = false } = this.#shown();
    this.#item.text = `$(${icon}) ${text}`;
    this.#item.tooltip = this.#tooltip();
    this.#item.accessibilityInformation = { label: `Batchpatch: ${text}`, role: 'button' };
    this.#item.backgroundColor = isWarning
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
  }

  #shown(): Shown {
    const state = this.#server.state;
    if (state.kind === 'missing' || state.kind === 'stopped') {
      return { icon: 'warning', text: 'Batchpatch: no server', isWarning: true };
    }
    if (state.kind === 'starting') {
      return { icon: 'loading~spin', text: 'Batchpatch: starting' };
    }
    const [running] = this.#batches.running;
    if (running !== undefined) {
      return { icon: 'sync~spin', text: `Batchpatch: applying ${running.percentage} %` };
    }
    return this.#last === undefined
      ? { icon: 'layers', text: 'Batchpatch: ready' }
      : { icon: iconOf(this.#last), text: `Batchpatch: ${sentence(this.#last.outcome)}` };
  }

  #tooltip(): vscode.MarkdownString {
    const state = this.#server.state;
    const text = new vscode.MarkdownString('**Batchpatch** \n\n');
    switch (state.kind) {
      case 'missing':
        return text.appendMarkdown(escaped(state.reason));
      case 'running':
        text.appendMarkdown(escaped(`Server ${state.version}, ${state.location.path}`));
        break;
      default:
        text.appendMarkdown(`The server is ${state.kind}.`);
    }
    if (this.#last !== undefined) {
      const { batch, outcome } = this.#last;
      text.appendMarkdown('\n\n**Last batch** \n\n');
      const name = batch?.label ?? outcome.batchId ?? '';
      text.appendMarkdown(escaped(`${name}: ${sentence(outcome)}`));
      for (const warning of outcome.warnings) {
        text.appendMarkdown(`\n\n${escaped(warning)}`);
      }
    }
    return text;
  }
}

function iconOf({ outcome }: EndedBatch): string {
  switch (outcome.status) {
    case 'applied':
    case 'noop':
      return outcome.warnings.length > 0 ? 'warning' : 'check';
    case 'failed':
    case 'rolledBack':
      return 'error';
    default:
      return 'warning';
  }
}

/** What is said as it stands. `MarkdownString.appendText` would let no line break at its blanks. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>&~$]/g, '\\$&');
}
