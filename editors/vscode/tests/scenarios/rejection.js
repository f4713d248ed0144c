import assert from 'node:assert/strict';

import { misplaced, rename, renamed, shop } from '../batches.js';
import { picture } from '../pictures.js';
import { scenario } from '../scenario.js';

/** Has the misplaced batch rejected, with the cursor at what is wrong. */
async function rejected(window, folder) {
  await window.open(folder, 'cart.py');
  await window.copy(misplaced(folder));
  await window.command('Apply Batch from Clipboard');
  await window.says('rejected: 1 violation');
  await window.probe.ask('open', folder.at('cart.py'), 3);
}

scenario(
  'a rejected batch changes nothing, and stands in the text, the problems and the status bar alone',
  shop,
  async (window, folder) => {
    await rejected(window, folder);
    await window.squiggles.first().waitFor();
    const problems = await window.problems();
    await problems.filter({ hasText: '`expect` differs from line 3' }).waitFor();
    assert.match(await problems.filter({ hasText: 'expect-mismatch' }).innerText(), /batchpatch/);
    await picture(window, 'rejection');
    assert.equal(await window.toasts.count(), 0);
    await window.texts(folder, { 'cart.py': shop['cart.py'] });
  },
);

scenario(
  'who has a batch rejected goes on typing where they were',
  shop,
  async (window, folder) => {
    await rejected(window, folder);
    await window.page.keyboard.type('X');
    await window.texts(folder, { 'cart.py': shop['cart.py'].replace('NAME', 'XNAME') });
  },
);

scenario('a quick fix applies the repaired batch', shop, async (window, folder) => {
  await rejected(window, folder);
  await window.quickFix('Apply the repaired batch');
  await window.texts(folder, { 'cart.py': 'TAX = 0.21\nCOUNT = 2\nNAME = "cart"\n' });
  await window.noDiagnostics(folder, 'cart.py');
  await window.says('applied: 2 patches in 1 document');
});

scenario(
  'a quick fix applies a batch without the patch that is wrong',
  shop,
  async (window, folder) => {
    await rejected(window, folder);
    await window.quickFix('Apply without this patch');
    await window.texts(folder, { 'cart.py': 'TAX = 0.21\nCOUNT = 1\nNAME = "cart"\n' });
    await window.noDiagnostics(folder, 'cart.py');
  },
);

scenario('a quick fix dismisses what is wrong', shop, async (window, folder) => {
  await rejected(window, folder);
  await window.quickFix('Dismiss');
  await window.noDiagnostics(folder, 'cart.py');
  await window.texts(folder, { 'cart.py': shop['cart.py'] });
});

scenario('all diagnostics are cleared by a command', shop, async (window, folder) => {
  await rejected(window, folder);
  await window.command('Clear Diagnostics');
  await window.noDiagnostics(folder, 'cart.py');
  await window.says('ready');
});

scenario('a quick fix saves as a command does', shop, async (window, folder) => {
  await window.configure('batchpatch.saveAfterApply', 'all');
  await rejected(window, folder);
  await window.quickFix('Apply the repaired batch');
  await window.saved(folder, { 'cart.py': 'TAX = 0.21\nCOUNT = 2\nNAME = "cart"\n' });
});

scenario('many violations make no more than one message', shop, async (window, folder) => {
  const wrong = Array.from({ length: 20 }, (_, index) => ({ type: 'delete', line: 50 + index }));
  await window.copy(folder.batch({ 'cart.py': wrong, 'order.py': wrong }));
  await window.command('Apply Batch from Clipboard');
  await window.says('rejected: 40 violations');
  await window.toast('rejected: 40 violations');
  assert.equal(await window.toasts.count(), 1);
});

scenario(
  'what is wrong in a file that is not open is told, and can be reviewed',
  shop,
  async (window, folder) => {
    await window.copy(misplaced(folder));
    await window.command('Apply Batch from Clipboard');
    await window.toast('`expect` differs from line 3');
    await window.toastButton('Review');
    await window.review.row('replace line 3').waitFor();
  },
);

scenario('a rejected batch is reviewed by a command', shop, async (window, folder) => {
  await rejected(window, folder);
  await window.command('Review the Rejected Batch');
  await window.review.row('replace line 3').waitFor();
});

scenario(
  'the next batch takes the violations of the one before away',
  shop,
  async (window, folder) => {
    await rejected(window, folder);
    await window.copy(rename(folder));
    await window.command('Apply Batch from Clipboard');
    await window.texts(folder, renamed);
    await window.noDiagnostics(folder, 'cart.py');
  },
);
