import assert from 'node:assert/strict';

import { misplaced, rename, shop } from '../batches.js';
import { picture } from '../pictures.js';
import { scenario } from '../scenario.js';

const toApply = async (window, batch) => {
  await window.copy(batch);
  await window.command('Apply Batch from Clipboard');
};

scenario(
  'the status bar says ready, and then what became of the last batch',
  shop,
  async (window, folder) => {
    await window.says('Batchpatch: ready');
    await window.open(folder, 'cart.py');
    await toApply(window, rename(folder));
    await window.says('Batchpatch: applied: 3 patches in 2 documents');
    await toApply(window, folder.batch({ 'cart.py': [] }));
    await window.says('Batchpatch: nothing to change');
    await toApply(window, folder.batch({ 'cart.py': [{ type: 'delete', line: 50 }] }));
    await window.says('Batchpatch: rejected: 1 violation');
  },
);

scenario('the status bar says that a batch is under way', shop, async (window, folder) => {
  const seen = window.sawInStatusBar('applying');
  const files = Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [`f${index}.txt`, 'one\n']),
  );
  await folder.write(files);
  const patches = [{ type: 'insert', line: 1, text: 'zero' }];
  await toApply(
    window,
    folder.batch(Object.fromEntries(Object.keys(files).map((name) => [name, patches]))),
  );
  await seen;
  await window.says('applied: 12 patches in 12 documents');
});

scenario(
  'the tooltip tells the server, the last batch and its label',
  shop,
  async (window, folder) => {
    await toApply(window, rename(folder));
    await window.says('applied');
    await window.statusBar.hover();
    await window.hover
      .filter({ hasText: 'A new tax: applied: 3 patches in 2 documents' })
      .waitFor();
    assert.match(await window.hover.first().innerText(), /Server\s\d+\.\d+\.\d+/);
  },
);

scenario(
  'a click into the status bar opens a menu that does what it says',
  shop,
  async (window, folder) => {
    await toApply(window, rename(folder));
    await window.says('applied');
    await window.statusBar.click();
    await window.choices.filter({ hasText: 'Show Log' }).waitFor();
    await picture(window, 'status-bar');
    await window.choose('Undo Last Batch');
    await window.texts(folder, shop);
  },
);

scenario('after a rejection the menu leads to the review', shop, async (window, folder) => {
  await window.open(folder, 'cart.py');
  await toApply(window, misplaced(folder));
  await window.says('rejected');
  await window.statusBar.click();
  await window.choose('Review the Rejected Batch');
  await window.review.row('replace line 3').waitFor();
});

scenario('the menu is a command too, for the keyboard', shop, async (window) => {
  await window.command('Show Menu');
  await window.choose('Show Log');
  await window.page.locator('.panel .output-view, .part.panel .monaco-editor').first().waitFor();
});
