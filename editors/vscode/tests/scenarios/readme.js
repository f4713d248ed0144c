import { readFileSync } from 'node:fs';
import path from 'node:path';

import { pictureInto } from '../pictures.js';
import { scenarioApart } from '../scenario.js';

const shop = path.join(import.meta.dirname, '../../../../examples/shop');
const read = (name) => readFileSync(path.join(shop, name), 'utf8');

// What names the schema of a checkout would be told as missing here.
const withoutSchema = (text) => text.replace(/^ *"\$schema": .*\n/m, '');

const files = {
  'cart.py': read('cart.py'),
  'exact-totals.batch.json': withoutSchema(read('exact-totals.batch.json')),
};

scenarioApart(
  "the README's first batch is reviewed and applied",
  {},
  files,
  async (window, folder) => {
    await window.open(folder, 'exact-totals.batch.json');
    await window.button('Preview Batch from Current Editor').click();
    await window.review.says('Would be applied: 6 patches in 1 document.');
    await window.review.row('replace lines 7–9').click();
    await window.probe.until('the diff', ({ tabs }) =>
      tabs.some(({ original }) => original === 'cart.py'),
    );
    await takePicture(window);
    await window.review.button('Apply Previewed Batch').click();
    await window.says('applied: 6 patches in 1 document');
    await window.open(folder, 'cart.py');
    await window.page.keyboard.press('Control+Z');
    await window.texts(folder, { 'cart.py': files['cart.py'] });
  },
);

/** The picture of the README, if it is asked for. */
async function takePicture(window) {
  const file = process.env.BATCHPATCH_PICTURE;
  if (!file) return;
  await window.review.box('delete line 10').click();
  await window.review.says('Would be applied: 5 patches in 1 document.');
  await window.widenSideBar(100);
  await pictureInto(window, file);
  await window.review.box('delete line 10').click();
  await window.review.says('Would be applied: 6 patches in 1 document.');
}
