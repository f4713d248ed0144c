import assert from 'node:assert/strict';

import { rename, renamed, shop } from '../batches.js';
import { scenario } from '../scenario.js';

async function applied(window, folder, setting) {
  await window.configure('batchpatch.saveAfterApply', setting);
  await window.open(folder, 'cart.py');
  await window.copy(rename(folder));
  await window.command('Apply Batch from Clipboard');
  await window.texts(folder, renamed);
  await window.says('applied: 3 patches in 2 documents');
}

scenario('saveAfterApply never: no file is saved', shop, async (window, folder) => {
  await applied(window, folder, 'never');
  assert.equal(folder.read('cart.py'), shop['cart.py']);
  assert.equal(folder.read('order.py'), shop['order.py']);
});

scenario(
  'saveAfterApply unopened: files without an editor are saved',
  shop,
  async (window, folder) => {
    await applied(window, folder, 'unopened');
    await window.saved(folder, { 'order.py': renamed['order.py'] });
    assert.equal(folder.read('cart.py'), shop['cart.py']);
  },
);

scenario('saveAfterApply all: every file of the batch is saved', shop, async (window, folder) => {
  await applied(window, folder, 'all');
  await window.saved(folder, renamed);
});

scenario('saveAfterApply all: what is taken back is saved too', shop, async (window, folder) => {
  await applied(window, folder, 'all');
  await window.saved(folder, renamed);
  await window.command('Undo Last Batch');
  await window.says('undone');
  await window.saved(folder, shop);
});

scenario('saveAfterApply all: a rejected batch saves nothing', shop, async (window, folder) => {
  await window.configure('batchpatch.saveAfterApply', 'all');
  await window.open(folder, 'cart.py');
  await window.probe.ask('insert', folder.at('cart.py'), 1, 'typed\n');
  await window.copy(folder.batch({ 'cart.py': [{ type: 'delete', line: 50 }] }));
  await window.command('Apply Batch from Clipboard');
  await window.says('rejected');
  assert.equal(folder.read('cart.py'), shop['cart.py']);
});

scenario(
  'saveAfterApply unopened: a file that only the review showed is saved',
  shop,
  async (window, folder) => {
    await window.configure('batchpatch.saveAfterApply', 'unopened');
    await window.copy(rename(folder));
    await window.command('Preview Batch from Clipboard');
    await window.diff(folder, 'cart.py', renamed['cart.py']);
    await window.command('Apply Previewed Batch');
    await window.saved(folder, renamed);
  },
);

scenario(
  'saveAfterApply unopened: a file whose editor was closed is saved',
  shop,
  async (window, folder) => {
    await window.configure('batchpatch.saveAfterApply', 'unopened');
    await window.open(folder, 'cart.py');
    await window.probe.ask('closeAll');
    await window.copy(rename(folder));
    await window.command('Apply Batch from Clipboard');
    await window.saved(folder, renamed);
  },
);
