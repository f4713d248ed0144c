import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { misplaced, rename, renamed, shop } from '../batches.js';
import { scenario, scenarioApart } from '../scenario.js';

const serversOf = (window) => window.code.processesOf('batchpatch');

/** Waits until batchpatch says to other extensions whether its server runs, from an event on. */
const running = (window, from, expected) =>
  window.probe.until(`the server's ${expected ? 'start' : 'end'}`, ({ events }) =>
    events
      .slice(from)
      .some(({ name, value }) => name === 'onDidChangeRunning' && value === expected),
  );

async function applies(window, folder) {
  await window.copy(rename(folder));
  await window.command('Apply Batch from Clipboard');
  await window.texts(folder, renamed);
}

scenario(
  'a restarted server is another one, and knows the texts that are not saved',
  shop,
  async (window, folder) => {
    await window.open(folder, 'cart.py');
    await window.probe.ask('insert', folder.at('cart.py'), 4, 'typed\n');
    const [before] = await serversOf(window);
    const from = window.probe.state.events.length;
    await window.command('Restart Server');
    await running(window, from, true);
    assert.notEqual((await serversOf(window))[0], before);
    await window.copy(
      folder.batch({ 'cart.py': [{ type: 'replace', line: 4, expect: 'typed', text: 'seen' }] }),
    );
    await window.command('Apply Batch from Clipboard');
    await window.texts(folder, { 'cart.py': `${shop['cart.py']}seen\n` });
  },
);

scenario('a server that is killed is started again, and works', shop, async (window, folder) => {
  await window.open(folder, 'cart.py');
  const [before] = await serversOf(window);
  const from = window.probe.state.events.length;
  process.kill(before, 'SIGKILL');
  await running(window, from, false);
  await running(window, from, true);
  const after = await serversOf(window);
  assert.equal(after.length, 1);
  assert.notEqual(after[0], before);
  await applies(window, folder);
  assert.equal(await window.toasts.count(), 0);
});

scenario(
  'a server that is killed again and again is given up, which is told',
  shop,
  async (window, folder) => {
    let isBack = true;
    while (isBack) {
      const [server] = await serversOf(window);
      const from = window.probe.state.events.length;
      process.kill(server, 'SIGKILL');
      // Whichever comes first; the other one never does.
      const comesBack = running(window, from, true).then(() => true);
      const isGivenUp = window.toasts
        .first()
        .waitFor()
        .then(() => false);
      isBack = await Promise.race([comesBack, isGivenUp]);
      comesBack.catch(() => {});
      isGivenUp.catch(() => {});
    }
    await window.toasts.first().waitFor();
    assert.equal(await window.toasts.count(), 1);
    await window.command('Restart Server');
    await window.says('ready');
    await applies(window, folder);
  },
);

scenario('diagnostics go with the server that made them', shop, async (window, folder) => {
  await window.open(folder, 'cart.py');
  await window.copy(misplaced(folder));
  await window.command('Apply Batch from Clipboard');
  await window.says('rejected');
  await window.command('Restart Server');
  await window.noDiagnostics(folder, 'cart.py');
});

scenario(
  'where the server is not found, a button leads to its setting, and another path to a server',
  shop,
  async (window, folder) => {
    const from = window.probe.state.events.length;
    await window.configure('batchpatch.server.path', '/nowhere/batchpatch');
    await window.says('no server');
    await window.toast('“/nowhere/batchpatch” (setting batchpatch.server.path) is not a program');
    await window.toastButton('Open Setting');
    await window.page
      .locator('.settings-editor .setting-item-contents')
      .filter({ hasText: 'Server: Path' })
      .first()
      .waitFor();
    await window.probe.ask('closeAll');
    await window.copy(rename(folder));
    await window.command('Apply Batch from Clipboard');
    await window.toast('is not a program that can be run');
    await assert.rejects(
      window.probe.ask('batchpatch', 'apply', rename(folder)),
      /is not a program that can be run/,
    );
    const server = path.join(
      await window.code.extension('batchpatch.batchpatch'),
      'bin',
      'batchpatch',
    );
    await window.configure('batchpatch.server.path', server);
    await running(window, from, true);
    await applies(window, folder);
  },
);

scenario('the menu of a window without a server leads to the setting', shop, async (window) => {
  await window.configure('batchpatch.server.path', '/nowhere/batchpatch');
  await window.says('no server');
  await window.statusBar.click();
  await window.choose('Set the Path of the Server…');
  await window.page.locator('.settings-editor').first().waitFor();
});

scenario('settings reach the server that runs', shop, async (window, folder) => {
  await window.configure('batchpatch.limits.patches', 1);
  await window.copy(rename(folder));
  await window.command('Apply Batch from Clipboard');
  await window.says('rejected');
  await window.configure('batchpatch.limits.patches');
  await applies(window, folder);
});

/** The `PATH` of a machine that batchpatch was never installed on. */
const pathWithout = process.env.PATH.split(path.delimiter)
  .filter((folder) => !existsSync(path.join(folder, 'batchpatch')))
  .join(path.delimiter);

const pathWith = [path.dirname(process.env.BATCHPATCH_BINARY), pathWithout].join(path.delimiter);

const universal = (searchPath, options) => ({
  ...options,
  vsix: process.env.BATCHPATCH_UNIVERSAL_VSIX,
  environment: { PATH: searchPath },
});

scenarioApart(
  'without a server of its own, the one on the PATH is run',
  universal(pathWith),
  shop,
  async (window, folder) => {
    await window.says('ready');
    await applies(window, folder);
  },
);

scenarioApart(
  'without a server of its own and on the PATH, the extension says how to get one',
  universal(pathWithout),
  shop,
  async (window, folder) => {
    await window.says('no server');
    await window.toast(
      'is not on the PATH, and this build of the extension has no server of its own',
    );
    await window.toastButton('How to Install');
    await window.page
      .locator('.gettingStartedContainer')
      .filter({ hasText: 'Batchpatch' })
      .waitFor();
    await window.configure('batchpatch.server.path', process.env.BATCHPATCH_BINARY);
    await window.says('ready');
    await applies(window, folder);
  },
);

scenarioApart(
  'in a workspace that is not trusted, only the server of the extension is run',
  { trust: false },
  shop,
  async (window, folder) => {
    await folder.write({
      stranger: `#!/bin/sh\ntouch ${folder.path('stranger-ran')}\n`,
      '.vscode/settings.json': { 'batchpatch.server.path': folder.path('stranger') },
    });
    await chmod(folder.path('stranger'), 0o755);
    await window.says('ready');
    assert.equal(window.probe.state.trusted, false);
    await window.command('Restart Server');
    await window.says('ready');
    await applies(window, folder);
    assert.equal(existsSync(folder.path('stranger-ran')), false);
  },
);

scenarioApart(
  'the setting of the server counts once the workspace is trusted, and not before',
  { trust: false },
  shop,
  async (window, folder) => {
    const ran = () => existsSync(folder.path('chosen-ran'));
    await folder.write({
      chosen: `#!/bin/sh\ntouch ${folder.path('chosen-ran')}\nexec ${process.env.BATCHPATCH_BINARY} "$@"\n`,
    });
    await chmod(folder.path('chosen'), 0o755);
    await window.says('ready');
    const from = window.probe.state.events.length;
    await window.configure('batchpatch.server.path', folder.path('chosen'));
    await running(window, from, true);
    assert.equal(ran(), false);
    await window.trustWorkspace();
    await window.probe.until('the server of the setting', ran);
    await window.says('ready');
    await applies(window, folder);
  },
);

scenarioApart(
  'the server on the PATH is run once the workspace is trusted, and not before',
  universal(pathWith, { trust: false }),
  shop,
  async (window, folder) => {
    await window.says('no server');
    await window.toast('This workspace is not trusted');
    await window.trustWorkspace();
    await window.says('ready');
    await applies(window, folder);
  },
);

scenarioApart(
  'the files of a folder that is added to the workspace are changed too',
  { workspaceFile: 'shop.code-workspace' },
  {
    'shop.code-workspace': { folders: [{ path: 'one' }] },
    'one/cart.py': shop['cart.py'],
    'two/order.py': shop['order.py'],
  },
  async (window, folder) => {
    await window.says('ready');
    const [one, two] = ['one/cart.py', 'two/order.py'].map((name) => ({
      uri: String(pathToFileURL(folder.path(name))),
      patches: [{ type: 'delete', line: 1 }],
    }));
    const apply = () => window.probe.ask('batchpatch', 'apply', { documents: [one, two] });
    const { violations } = await apply();
    assert.deepEqual(
      violations.map(({ code, uri }) => [code, uri]),
      [['outside-root', two.uri]],
    );
    await window.probe.ask('addFolder', folder.path('two'));
    await window.page.locator('.explorer-folders-view').getByText('two').waitFor();
    assert.equal((await apply()).status, 'applied');
    await window.probe.until(
      'both texts',
      ({ documents }) =>
        documents['cart.py']?.text === 'COUNT = 1\nNAME = "cart"\n' &&
        documents['order.py']?.text === 'OPEN = True\n',
    );
  },
);
