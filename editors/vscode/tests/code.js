import { spawn } from 'node:child_process';
import { mkdir, readFile, readdir, readlink, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';

const tools = process.env.BATCHPATCH_VSCODE;
const node = path.join(tools, 'node');
const program = path.join(tools, 'code');

/** Settings that keep VS Code quiet, so that all that moves is the extension. */
const SETTINGS = {
  'chat.disableAIFeatures': true,
  'editor.minimap.enabled': false,
  'extensions.autoCheckUpdates': false,
  'files.autoSave': 'off',
  'files.hotExit': 'off',
  'git.enabled': false,
  'security.workspace.trust.banner': 'never',
  'security.workspace.trust.startupPrompt': 'never',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.confirmBeforeClose': 'never',
  'workbench.enableExperiments': false,
  // A tree that is drawn anew takes the focus back from a palette that was opened meanwhile.
  'workbench.quickOpen.closeOnFocusLost': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/** VS Code's server, with extensions, in a folder of its own. */
export class Code {
  #process;
  #log = '';

  /** @param {string} folder for everything that it writes */
  constructor(folder) {
    this.folder = folder;
    this.extensions = path.join(folder, 'extensions');
  }

  /** Installs packed extensions. */
  async install(...vsixes) {
    const options = vsixes.flatMap((vsix) => ['--install-extension', vsix]);
    const child = spawn(node, [program, ...options, ...this.#folders()], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#listen(child);
    const status = await new Promise((resolve) => child.once('close', resolve));
    if (status !== 0) throw new Error(`the extensions cannot be installed:\n${this.#log}`);
  }

  /** Starts it, and gives the address to open in a browser. */
  async start({ environment = {}, settings = {}, trust = true }) {
    await mkdir(path.join(this.folder, 'data', 'User'), { recursive: true });
    await writeFile(
      path.join(this.folder, 'data', 'User', 'settings.json'),
      JSON.stringify({ ...SETTINGS, ...settings }),
    );
    const options = [
      ...[
        '--host',
        '127.0.0.1',
        '--port',
        '0',
        '--without-connection-token',
        '--accept-server-license-terms',
      ],
      ...['--telemetry-level', 'off', '--disable-telemetry', '--disable-experiments'],
      // What a person's login shell sets, a `PATH` above all, is of no concern here.
      '--force-disable-user-env',
      ...(trust ? ['--disable-workspace-trust'] : []),
    ];
    this.#process = spawn(node, [program, ...options, ...this.#folders()], {
      detached: true,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#listen(this.#process);
    // Tests that are broken off leave nothing running.
    process.once('exit', () => this.#kill());
    for await (const line of createInterface({ input: this.#process.stdout })) {
      const port = /listening on (\d+)/.exec(line)?.[1];
      if (port) return `http://127.0.0.1:${port}`;
    }
    throw new Error(`VS Code does not start:\n${this.#log}`);
  }

  /** What it printed. */
  get log() {
    return this.#log;
  }

  /** The ids of the processes that run a program of an installed extension. */
  async processesOf(program) {
    const home = await realpath(this.extensions);
    const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const executables = await Promise.all(
      ids.map((id) => readlink(`/proc/${id}/exe`).catch(() => '')),
    );
    return ids
      .filter(
        (_, index) =>
          executables[index].startsWith(home) && path.basename(executables[index]) === program,
      )
      .map(Number);
  }

  /** The folder of an installed extension. */
  async extension(id) {
    const installed = JSON.parse(
      await readFile(path.join(this.extensions, 'extensions.json'), 'utf8'),
    );
    const { relativeLocation } = installed.find((each) => each.identifier.id === id);
    return path.join(this.extensions, relativeLocation);
  }

  /** Ends it and all that it started. */
  async stop() {
    if (!this.#process) return;
    const ended = new Promise((resolve) => this.#process.once('close', resolve));
    this.#kill();
    await ended;
  }

  #kill() {
    const { pid, exitCode, signalCode } = this.#process;
    if (exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
  }

  #folders() {
    const { folder, extensions } = this;
    return [
      '--server-data-dir',
      folder,
      '--user-data-dir',
      path.join(folder, 'data'),
      '--extensions-dir',
      extensions,
    ];
  }

  #listen({ stdout, stderr }) {
    for (const stream of [stdout, stderr]) {
      stream.setEncoding('utf8').on('data', (chunk) => {
        this.#log += chunk;
      });
    }
  }
}
