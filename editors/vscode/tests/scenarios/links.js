import assert from 'node:assert/strict';

import { rename, renamed, shop } from '../batches.js';
import { scenario } from '../scenario.js';

/** Opens a link to the extension. Another extension does, so VS Code itself does not ask. */
const follow = (window, link) => window.probe.ask('openUri', `batchpatch.batchpatch/${link}`);

scenario('a link applies a batch once the user agrees', shop, async (window, folder) => {
  await folder.write({ 'i.batch.json': rename(folder) });
  await follow(window, `apply?file=${encodeURIComponent(folder.path('i.batch.json'))}`);
  await window.answer('Apply the batch that another program hands over?', 'Apply');
  await window.texts(folder, renamed);
});

scenario('a link applies nothing that the user does not agree to', shop, async (window, folder) => {
  await folder.write({ 'j.batch.json': rename(folder) });
  await follow(window, `apply?file=${folder.path('j.batch.json')}`);
  await window.answer('Apply the batch that another program hands over?', 'Cancel');
  await window.dialog.waitFor({ state: 'detached' });
  await window.texts(folder, shop);
  assert.equal(await window.toasts.count(), 0);
});

scenario('a link that asks to apply can be reviewed first', shop, async (window, folder) => {
  await folder.write({ 'k.batch.json': rename(folder) });
  await follow(window, `apply?file=${folder.path('k.batch.json')}`);
  await window.answer('Apply the batch that another program hands over?', 'Review First');
  await window.review.says('Would be applied: 3 patches in 2 documents.');
});

scenario('a link opens a preview without a question', shop, async (window, folder) => {
  await folder.write({ 'l.batch.json': rename(folder) });
  await follow(window, `preview?file=${folder.path('l.batch.json')}`);
  await window.review.says('Would be applied: 3 patches in 2 documents.');
});

scenario('a link that names no file says so', shop, async (window) => {
  await follow(window, 'apply?file=relative.batch.json');
  await window.toast('names no batch file');
});

scenario('a link to a file that is not there says so', shop, async (window, folder) => {
  await follow(window, `preview?file=${folder.path('nowhere.batch.json')}`);
  await window.toast('nowhere.batch.json');
});
