import assert from 'node:assert/strict';

import { rename, renamed, shop } from '../batches.js';
import { scenario } from '../scenario.js';

scenario(
  'a batch is applied from the editor that shows it, though it is in no file',
  shop,
  async (window, folder) => {
    await window.probe.ask('openUntitled', JSON.stringify(rename(folder)), 'json');
    await window.command('Apply Batch from Current Editor');
    await window.texts(folder, renamed);
  },
);

scenario(
  'a batch is applied as the editor shows it, and not as its file is',
  shop,
  async (window, folder) => {
    await folder.write({ 'a.batch.json': rename(folder) });
    await window.open(folder, 'a.batch.json');
    await window.probe.ask('replaceAll', folder.at('a.batch.json'), '0.21', '0.25');
    await window.command('Apply Batch from Current Editor');
    await window.texts(folder, { 'cart.py': 'TAX = 0.25\nNAME = "cart"\n' });
  },
);

scenario('a batch is applied from a file of the workspace', shop, async (window, folder) => {
  await folder.write({ 'b.batch.json': rename(folder) });
  await window.command('Apply Batch from File…');
  await window.choose(folder.at('b.batch.json'));
  await window.texts(folder, renamed);
});

scenario('a batch is applied from any file', shop, async (window, folder) => {
  await folder.write({ 'anything.json': rename(folder), 'another.batch.json': {} });
  await window.command('Apply Batch from File…');
  await window.browse(folder.path('anything.json'));
  await window.texts(folder, renamed);
});

scenario('a batch is applied from the clipboard', shop, async (window, folder) => {
  await window.copy(rename(folder));
  await window.command('Apply Batch from Clipboard');
  await window.texts(folder, renamed);
});

scenario(
  'open, changed and unopened files are changed at once, and none is saved',
  shop,
  async (window, folder) => {
    await folder.write({ 'notes.txt': 'one\ntwo\n' });
    await window.open(folder, 'cart.py', 'notes.txt');
    await window.probe.ask('insert', folder.at('notes.txt'), 3, 'typed\n');
    const ofShop = rename(folder).documents;
    const notes = {
      uri: folder.at('notes.txt'),
      patches: [{ type: 'replace', line: 3, expect: 'typed', text: 'seen' }],
    };
    await window.copy({ documents: [...ofShop, notes] });
    await window.command('Apply Batch from Clipboard');
    const documents = await window.texts(folder, { ...renamed, 'notes.txt': 'one\ntwo\nseen\n' });
    assert.ok(documents[folder.at('order.py')].dirty);
    assert.equal(folder.read('cart.py'), shop['cart.py']);
    assert.equal(folder.read('order.py'), shop['order.py']);
    assert.equal(folder.read('notes.txt'), 'one\ntwo\n');
  },
);

scenario('one undo of the editor takes a batch back in all files', shop, async (window, folder) => {
  await window.open(folder, 'order.py', 'cart.py');
  await window.copy(rename(folder));
  await window.command('Apply Batch from Clipboard');
  await window.texts(folder, renamed);
  await window.page.keyboard.press('Control+Z');
  await window.texts(folder, shop);
});

scenario('who applies a batch goes on typing where they were', shop, async (window, folder) => {
  await window.open(folder, 'order.py', 'cart.py');
  await window.copy(folder.batch({ 'order.py': [{ type: 'insert', line: 1, text: '# orders' }] }));
  await window.command('Apply Batch from Clipboard');
  await window.texts(folder, { 'order.py': renamed['order.py'] });
  await window.says('applied');
  await window.page.keyboard.type('X');
  await window.texts(folder, { 'cart.py': `X${shop['cart.py']}` });
  assert.equal(await window.toasts.count(), 0);
});

scenario('what is no JSON is told as that', shop, async (window) => {
  await window.copy('{ nonsense');
  await window.command('Apply Batch from Clipboard');
  await window.toast('the clipboard: it is not JSON');
});

scenario(
  'a malformed batch is told with the place of the mistake',
  shop,
  async (window, folder) => {
    await window.copy(folder.batch({ 'cart.py': [{ type: 'delete', line: 1.5 }] }));
    await window.command('Apply Batch from Clipboard');
    await window.toast('documents[0].patches[0].line');
  },
);

scenario(
  'what any extension sends to the server by its own command is told as any other batch',
  shop,
  async (window, folder) => {
    await window.probe.ask('execute', 'batchpatch.apply', rename(folder));
    await window.texts(folder, renamed);
    await window.says('applied: 3 patches in 2 documents');
  },
);

scenario('a batch is applied from the menu of its file', shop, async (window, folder) => {
  await folder.write({ 'm.batch.json': rename(folder) });
  await window.open(folder, 'm.batch.json');
  await window.explorerMenu('m.batch.json', 'Apply Batch from File…');
  await window.texts(folder, renamed);
});
