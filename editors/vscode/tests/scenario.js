import { appendFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { after, test } from 'node:test';

import { Session } from './session.js';

/** More than anything here takes on a machine that is busy. */
const DEADLINE_MS = 120_000;

const screenshots = process.env.BATCHPATCH_SCREENSHOTS;
const words = process.argv.slice(2);

let asked = 0;
let shared;

/** How many tests have all the words in their names that the command line asks for. */
export const askedFor = () => asked;

/**
 * A test that needs no window.
 *
 * @param {string} name the rule that it protects
 * @param {() => void | Promise<void>} body
 */
export function rule(name, body) {
  declare(name, body);
}

/**
 * One test in the window that most tests share: nothing is open in it, and all settings are the default.
 *
 * @param {string} name the rule that it protects
 * @param {Record<string, string>} files of a folder of its own, see `Folder`
 * @param {(window: import('./window.js').Window, folder: import('./folder.js').Folder) => Promise<void>} body
 */
export function scenario(name, files, body) {
  declare(name, async () => {
    shared ??= Session.start();
    const session = await shared;
    await session.window.reset();
    const folder = await session.newFolder(files);
    await shown(session.window, name, () => body(session.window, folder));
  });
}

/**
 * One test in a window of its own, with a VS Code of its own.
 *
 * @param {string} name the rule that it protects
 * @param {object} options of the session, see `Session.start`
 * @param {Record<string, string>} files
 * @param {(window: import('./window.js').Window, folder: import('./folder.js').Folder) => Promise<void>} body
 */
export function scenarioApart(name, options, files, body) {
  declare(name, async () => {
    const session = await Session.start({ ...options, files });
    try {
      await shown(session.window, name, () => body(session.window, session.root));
    } finally {
      await session.stop();
    }
  });
}

after(async () => {
  if (shared) await (await shared).stop();
});

function declare(name, body) {
  if (!words.every((word) => name.includes(word))) return;
  asked += 1;
  test(name, { timeout: 2 * DEADLINE_MS }, async () => {
    try {
      try {
        await body();
      } catch (error) {
        // A window in a browser loses a key or an event now and then. What is broken fails twice.
        console.error(`${name}: failed, and is tried once more: ${error.message}`);
        await body();
      }
      note('ok', name);
    } catch (error) {
      note('failed', name);
      throw error;
    }
  });
}

/** A failure comes with a picture of what was there. */
async function shown(window, name, body) {
  try {
    await body();
  } catch (error) {
    const folder = path.join(screenshots, 'failed');
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, `${name.replaceAll(/[^\w]+/g, '-')}.png`);
    await window.page.screenshot({ path: file });
    console.error(`${name}: see ${file}`);
    throw error;
  }
}

function note(result, name) {
  const folder = process.env.BATCHPATCH_RESULTS;
  if (folder) appendFileSync(path.join(folder, 'vscode.tsv'), `${result}\t${name}\n`);
}
