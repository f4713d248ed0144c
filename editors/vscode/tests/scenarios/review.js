import assert from 'node:assert/strict';

import { misplaced, rename, renamed, shop } from '../batches.js';
import { picture } from '../pictures.js';
import { scenario } from '../scenario.js';

async function preview(window, batch) {
  await window.copy(batch);
  await window.command('Preview Batch from Clipboard');
  await window.review.row('cart.py').waitFor();
}

scenario(
  'a preview shows all documents and patches, and changes nothing',
  shop,
  async (window, folder) => {
    await preview(window, rename(folder));
    await window.review.says('Would be applied: 3 patches in 2 documents.');
    assert.deepEqual(await window.review.labels(), [
      `cart.py ${folder.at('')} · 2 patches`,
      'replace line 1 TAX = 0.21',
      'delete line 2 COUNT = 1',
      `order.py ${folder.at('')} · 1 patch`,
      'insert before line 1 # orders',
    ]);
    await window.diff(folder, 'cart.py', renamed['cart.py']);
    await picture(window, 'preview');
    await window.texts(folder, { 'cart.py': shop['cart.py'] });
  },
);

scenario('a preview is made of the editor that shows the batch', shop, async (window, folder) => {
  await folder.write({ 'c.batch.json': rename(folder) });
  await window.open(folder, 'c.batch.json');
  await window.command('Preview Batch from Current Editor');
  await window.review.row('cart.py').waitFor();
});

scenario('a preview is made of a file', shop, async (window, folder) => {
  await folder.write({ 'd.batch.json': rename(folder) });
  await window.command('Preview Batch from File…');
  await window.choose(folder.at('d.batch.json'));
  await window.review.row('cart.py').waitFor();
});

scenario(
  'the buttons of an editor with a batch preview and apply it',
  shop,
  async (window, folder) => {
    await folder.write({ 'e.batch.json': rename(folder) });
    await window.open(folder, 'e.batch.json');
    await window.button('Preview Batch from Current Editor').click();
    // The diff comes last, and with it another editor is the current one.
    await window.page.locator('.tab').filter({ hasText: 'with the batch' }).waitFor();
    await window.open(folder, 'e.batch.json');
    await window.button('Apply Batch from Current Editor').click();
    await window.texts(folder, renamed);
  },
);

scenario(
  'a previewed batch is applied as a whole, and its preview is closed',
  shop,
  async (window, folder) => {
    await preview(window, rename(folder));
    await window.command('Apply Previewed Batch');
    await window.texts(folder, renamed);
    await window.review.isClosed();
  },
);

scenario('the check mark above the review applies it', shop, async (window, folder) => {
  await preview(window, rename(folder));
  await window.review.button('Apply Previewed Batch').click();
  await window.texts(folder, renamed);
});

scenario('Ctrl+Enter in the review applies it', shop, async (window, folder) => {
  await preview(window, rename(folder));
  await window.review.row('replace line 1').click();
  await window.page.keyboard.press('Control+Enter');
  await window.texts(folder, renamed);
});

scenario(
  'a patch that a click has ticked off is not applied, and all others are',
  shop,
  async (window, folder) => {
    await preview(window, rename(folder));
    await window.review.box('delete line 2').click();
    await window.review.says('Would be applied: 2 patches in 2 documents.');
    await window.diff(folder, 'cart.py', 'TAX = 0.21\nCOUNT = 1\nNAME = "cart"\n');
    await window.command('Apply Previewed Batch');
    await window.texts(folder, { ...renamed, 'cart.py': 'TAX = 0.21\nCOUNT = 1\nNAME = "cart"\n' });
  },
);

scenario('the space key ticks a patch off and on', shop, async (window, folder) => {
  await preview(window, rename(folder));
  await window.review.row('delete line 2').click();
  await window.page.keyboard.press('Space');
  await window.review.isTicked('delete line 2', false);
  await window.page.keyboard.press('Space');
  await window.review.isTicked('delete line 2', true);
});

scenario('the box of a document ticks all of its patches', shop, async (window, folder) => {
  await preview(window, rename(folder));
  await window.review.box(folder.at('cart.py')).click();
  await window.review.isTicked('replace line 1', false);
  await window.review.isTicked('delete line 2', false);
  await window.review.isTicked('insert before line 1', true);
  await window.review.says('Would be applied: 1 patch in 1 document.');
  await window.review.box('replace line 1').click();
  await window.review.row('cart.py', '1 of 2 patches').waitFor();
  await window.review.isTicked(folder.at('cart.py'), false);
  await window.command('Apply Previewed Batch');
  await window.texts(folder, { ...renamed, 'cart.py': 'TAX = 0.21\nCOUNT = 1\nNAME = "cart"\n' });
});

scenario(
  'all patches are ticked off and on by commands, and none cannot be applied',
  shop,
  async (window, folder) => {
    await preview(window, rename(folder));
    await window.command('Tick No Patch');
    await window.review.says('No patch is ticked.');
    await window.review.isTicked('replace line 1', false);
    await window.review.cannotApply();
    await window.command('Tick All Patches');
    await window.review.says('Would be applied: 3 patches in 2 documents.');
    await window.review.isTicked('insert before line 1', true);
  },
);

scenario(
  'a patch opens the diff of its document, and the review keeps the focus',
  shop,
  async (window, folder) => {
    await preview(window, rename(folder));
    await window.review.row('insert before line 1').click();
    await window.diff(folder, 'order.py', renamed['order.py']);
    await window.review.hasFocus();
  },
);

scenario(
  'a closed preview takes its diffs with it, and changes nothing',
  shop,
  async (window, folder) => {
    await preview(window, rename(folder));
    await window.diff(folder, 'cart.py', renamed['cart.py']);
    await window.command('Close Preview');
    await window.review.isClosed();
    await window.probe.until('no tab', ({ tabs }) => tabs.length === 0);
    assert.equal(folder.read('cart.py'), shop['cart.py']);
  },
);

scenario(
  'a patch that would be rejected is marked with the reason, and the batch cannot be applied',
  shop,
  async (window, folder) => {
    await preview(window, misplaced(folder));
    await window.review.says('Would be rejected: 1 violation.');
    await window.review.row('replace line 3', '`expect` differs from line 3').waitFor();
    await window.review.cannotApply();
  },
);

scenario(
  'without the patch that would be rejected, the others are applied',
  shop,
  async (window, folder) => {
    await preview(window, misplaced(folder));
    await window.review.box('replace line 3').click();
    await window.review.says('Would be applied: 1 patch in 1 document.');
    await window.command('Apply Previewed Batch');
    await window.texts(folder, { 'cart.py': 'TAX = 0.21\nCOUNT = 1\nNAME = "cart"\n' });
  },
);

scenario(
  'a preview of a text that has moved cannot be applied, and one made again can',
  shop,
  async (window, folder) => {
    await preview(window, rename(folder));
    await window.review.says('Would be applied');
    await window.probe.ask('insert', folder.at('order.py'), 3, 'LAST = 1\n');
    await window.review.says('Would be rejected');
    await window.review.row('order.py', 'the document is not the').waitFor();
    await window.review.cannotApply();
    await window.texts(folder, { 'order.py': `${shop['order.py']}LAST = 1\n` });
    await window.command('Preview Again');
    await window.review.says('Would be applied');
    await window.command('Apply Previewed Batch');
    await window.texts(folder, { ...renamed, 'order.py': `${renamed['order.py']}LAST = 1\n` });
  },
);

scenario(
  'a preview that others overtake is for the texts that were looked at',
  shop,
  async (window, folder) => {
    await window.open(folder, 'cart.py');
    await preview(window, folder.batch({ 'cart.py': [{ type: 'delete', line: 2 }] }));
    await window.review.says('Would be applied');
    await window.probe.ask('insert', folder.at('cart.py'), 1, 'FIRST = 1\n');
    await window.probe.ask('execute', 'batchpatch.ui.applyPreviewed').catch(() => {});
    await window.says('rejected');
    await window.texts(folder, { 'cart.py': `FIRST = 1\n${shop['cart.py']}` });
  },
);

scenario('a preview that is made again keeps what was ticked off', shop, async (window, folder) => {
  await preview(window, rename(folder));
  await window.review.box('delete line 2').click();
  await window.review.says('Would be applied: 2 patches in 2 documents.');
  await window.probe.ask('insert', folder.at('cart.py'), 4, 'LAST = 1\n');
  await window.review.says('Would be rejected');
  await window.command('Preview Again');
  await window.review.says('Would be applied: 2 patches in 2 documents.');
  await window.review.isTicked('delete line 2', false);
});

scenario('a preview that would change nothing says so', shop, async (window, folder) => {
  await preview(
    window,
    folder.batch({ 'cart.py': [{ type: 'replace', line: 1, text: 'TAX = 0.19' }] }),
  );
  await window.review.says('There is nothing to change.');
});
