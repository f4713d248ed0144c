import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { Code } from './code.js';
import { Folder } from './folder.js';
import { Probe } from './probe.js';
import { Window } from './window.js';

const require = createRequire(path.join(process.env.BATCHPATCH_VSCODE, 'package.json'));
const { chromium } = require('playwright-core');

const BROWSER = {
  executablePath: process.env.BATCHPATCH_BROWSER,
  args: [
    ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
    ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
  ],
};

/** More than anything that is waited for in the page takes on a machine that is busy. */
const PATIENCE_MS = 20_000;

/** The first load of the page starts everything that VS Code has. */
const START_MS = 60_000;

/** A VS Code with batchpatch and the probe, and one window of it. */
export class Session {
  #folders = 0;

  /**
   * @param {object} [options]
   * @param {string} [options.vsix] the packed extension
   * @param {boolean} [options.trust] whether every folder is trusted
   * @param {Record<string, string>} [options.environment] of VS Code's server
   * @param {object} [options.settings] of the user
   * @param {string} [options.workspaceFile] among the files, with the workspace's folders; without
   *   it, there is one
   * @param {Record<string, string>} [options.files] of the workspace
   */
  static async start({ vsix = process.env.BATCHPATCH_VSIX, files = {}, ...options } = {}) {
    const session = new Session();
    session.home = await mkdtemp(path.join(tmpdir(), 'batchpatch-vscode-'));
    session.workspace = path.join(session.home, 'workspace');
    await mkdir(session.workspace);
    session.root = new Folder(session.workspace, '');
    await session.root.write(files);
    try {
      await session.#open(vsix, options);
    } catch (error) {
      await session.stop();
      throw error;
    }
    return session;
  }

  /** A new folder of the workspace, with files. */
  async newFolder(files) {
    const folder = new Folder(this.workspace, `t${(this.#folders += 1)}`);
    await folder.write(files);
    return folder;
  }

  async stop() {
    await this.browser?.close();
    await this.code?.stop();
    this.probe?.close();
    await rm(this.home, { recursive: true, force: true, maxRetries: 3 });
  }

  async #open(vsix, { trust, settings, environment, workspaceFile }) {
    const socket = path.join(this.home, 'probe.sock');
    this.code = new Code(path.join(this.home, 'code'));
    [this.probe, this.browser] = await Promise.all([
      Probe.listen(socket),
      chromium.launch(BROWSER),
      this.code.install(vsix, process.env.BATCHPATCH_PROBE_VSIX),
    ]);
    const address = await this.code.start({
      trust,
      settings,
      environment: { ...environment, BATCHPATCH_PROBE: socket },
    });
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 800 } });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: address });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    this.window = new Window(page, this.probe, this.code);
    const opened = workspaceFile
      ? `workspace=${this.root.path(workspaceFile)}`
      : `folder=${this.workspace}`;
    await page.goto(`${address}/?${opened}`);
    await this.probe.until('the extensions', (state) => state, START_MS);
  }
}
