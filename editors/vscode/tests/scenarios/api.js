import assert from 'node:assert/strict';

import { misplaced, rename, renamed, shop } from '../batches.js';
import { scenario } from '../scenario.js';

const call = (window, name, ...values) => window.probe.ask('batchpatch', name, ...values);

scenario('other extensions get what the README names', {}, async (window) => {
  assert.deepEqual(await window.probe.ask('namesOfApi'), [
    'apply',
    'history',
    'isRunning',
    'onDidChangeRunning',
    'onDidEnd',
    'preview',
    'snapshot',
    'undo',
  ]);
});

scenario(
  'another extension applies a batch, and gets its outcome',
  shop,
  async (window, folder) => {
    const outcome = await call(window, 'apply', rename(folder));
    assert.equal(outcome.status, 'applied');
    assert.deepEqual(
      outcome.documents.map(({ patches }) => patches),
      [2, 1],
    );
    await window.texts(folder, renamed);
    await window.says('applied: 3 patches in 2 documents');
  },
);

scenario(
  'another extension gets a rejection as an outcome, with the repaired batch',
  shop,
  async (window, folder) => {
    const outcome = await call(window, 'apply', misplaced(folder));
    assert.equal(outcome.status, 'rejected');
    assert.equal(outcome.violations[0].code, 'expect-mismatch');
    const repaired = await call(window, 'apply', outcome.repairedBatch);
    assert.equal(repaired.status, 'applied');
  },
);

scenario(
  'another extension previews a batch, and nothing changes',
  shop,
  async (window, folder) => {
    const outcome = await call(window, 'preview', rename(folder), { text: true });
    assert.equal(outcome.preview, true);
    assert.deepEqual(
      outcome.documents.map(({ text }) => text),
      Object.values(renamed),
    );
    assert.equal(folder.read('cart.py'), shop['cart.py']);
  },
);

scenario(
  'another extension reads a text with its token, and a batch for an older text is refused',
  shop,
  async (window, folder) => {
    await window.open(folder, 'cart.py');
    const { snapshot, numbered } = await call(window, 'snapshot', {
      uri: folder.at('cart.py'),
      startLine: 2,
      endLine: 2,
    });
    assert.equal(numbered, '2\tCOUNT = 1\n');
    await window.probe.ask('insert', folder.at('cart.py'), 1, '# typed\n');
    const batch = { uri: folder.at('cart.py'), snapshot, patches: [{ type: 'delete', line: 2 }] };
    const stale = await call(window, 'apply', batch);
    assert.equal(stale.violations[0].code, 'stale-snapshot');
    const rebased = await call(window, 'apply', { ...batch, onStale: 'rebase' });
    assert.equal(rebased.status, 'applied');
    await window.texts(folder, { 'cart.py': '# typed\nTAX = 0.19\nNAME = "cart"\n' });
  },
);

scenario(
  'another extension takes a batch back by its id, and finds it in the history',
  shop,
  async (window, folder) => {
    const { batchId } = await call(window, 'apply', rename(folder));
    await call(
      window,
      'apply',
      folder.batch({ 'order.py': [{ type: 'insert', line: 4, text: '# end' }] }),
    );
    const undo = await call(window, 'undo', batchId);
    assert.equal(undo.undoes, batchId);
    await window.texts(folder, { ...shop, 'order.py': `${shop['order.py']}# end\n` });
    const { batches } = await call(window, 'history', { limit: 5 });
    assert.equal(batches.find((batch) => batch.batchId === batchId).undone, true);
  },
);

scenario(
  'another extension is told of every batch that ends, whoever applied it',
  shop,
  async (window, folder) => {
    const seen = window.probe.state.events.length;
    await window.copy(rename(folder));
    await window.command('Apply Batch from Clipboard');
    await window.texts(folder, renamed);
    await window.command('Undo Last Batch');
    await window.texts(folder, shop);
    const ended = await window.probe.until('two events', ({ events }) => {
      const found = events.slice(seen).filter(({ name }) => name === 'onDidEnd');
      return found.length >= 2 && found.map(({ value }) => value);
    });
    assert.deepEqual(
      ended.map(({ outcome }) => outcome.status),
      ['applied', 'applied'],
    );
    assert.equal(ended[0].batch.label, 'A new tax');
    assert.equal(ended[1].outcome.undoes, ended[0].outcome.batchId);
  },
);

scenario(
  'a malformed batch of another extension is an error with the place of the mistake',
  shop,
  async (window, folder) => {
    const batch = folder.batch({ 'cart.py': [{ type: 'replace', line: 1 }] });
    await assert.rejects(call(window, 'apply', batch), /documents\[0\]\.patches\[0\]/);
  },
);
