import { readFileSync } from 'node:fs';
import path from 'node:path';

import { pictureInto } from '../pictures.js';
import { scenarioApart } from '../scenario.js';

const shop = path.join(import.meta.dirname, '../../../../examples/shop');
const read = (name) => readFileSync(path.join(shop, name), 'utf8');

const files = {
  'cart.py': read('cart.py'),
  'exact-totals.batch.json': read('exact-totals.batch.json'),
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
    const file = process.env.BATCHPATCH_PICTURE;
    if (file) await pictureInto(window, file);
    await window.review.button('Apply Previewed Batch').click();
    await window.says('applied: 6 patches in 1 document');
    await window.open(folder, 'cart.py');
    await window.page.keyboard.press('Control+Z');
    await window.texts(folder, { 'cart.py': files['cart.py'] });
  },
);
