import assert from 'node:assert/strict';

import { replace, together } from '../batches.js';
import { expectApplied, expectRejected, states } from '../expect.js';
import { scenario } from '../scenario.js';

const TEXT = 'one\ntwo\nthree\nfour\nfive\n';
const CHANGED = 'one\ntwo\nTHREE\nfour\nfive\n';

/** Two documents, and a batch that was applied to both. */
async function applied(peer) {
  const [a, b] = ['a', 'b'].map((name) => peer.open(`${name}.txt`, TEXT));
  const batch = together([replace(a, 3, 'THREE'), replace(b, 3, 'THREE')], {
    batchId: 'both',
    label: 'Both',
  });
  expectApplied(await peer.apply(batch));
  assert.deepEqual([a.text, b.text], [CHANGED, CHANGED]);
  return { a, b };
}

scenario('an undo takes all documents of a batch back in one edit', {}, async (peer) => {
  const { a, b } = await applied(peer);
  const outcome = await peer.undo('both');
  expectApplied(outcome);
  assert.match(outcome.batchId, /^undo-\d+$/);
  assert.equal(outcome.undoes, 'both');
  assert.deepEqual([a.text, b.text], [TEXT, TEXT]);
  assert.deepEqual(peer.edits, [
    [a.uri, b.uri],
    [a.uri, b.uri],
  ]);
});

for (const sync of ['incremental', 'full']) {
  scenario(`an undo survives what was typed elsewhere since (${sync} reports)`, { sync }, async (peer) => {
    const { a, b } = await applied(peer);
    a.typeLine(1, 'typed above');
    b.typeLine(5, 'typed below');
    expectApplied(await peer.undo());
    assert.equal(a.text, `typed above\n${TEXT}`);
    assert.equal(b.text, 'one\ntwo\nthree\nfour\ntyped below\nfive\n');
  });
}

scenario('what is typed elsewhere while an undo is on its way survives it', {}, async (peer) => {
  const { a, b } = await applied(peer);
  peer.answerEdits((params) => {
    b.typeLine(1, 'typed');
    return peer.carryOut(params);
  }, peer.carryOut);
  expectApplied(await peer.undo());
  assert.deepEqual([a.text, b.text], [TEXT, `typed\n${TEXT}`]);
});

scenario(
  'a half of an undo is taken back, and the next attempt is whole',
  { behaviour: 'careless' },
  async (peer) => {
    const { a, b } = await applied(peer);
    const typeThenSkip = (params) => {
      a.typeLine(1, 'typed');
      const answer = peer.carryOut(params);
      b.typeLine(1, 'typed');
      return answer;
    };
    peer.answerEdits(typeThenSkip, peer.carryOut);
    expectApplied(await peer.undo());
    assert.deepEqual([a.text, b.text], [`typed\n${TEXT}`, `typed\n${TEXT}`]);
    assert.deepEqual(peer.edits.slice(1), [[a.uri, b.uri], [b.uri], [a.uri, b.uri]]);
  },
);

scenario(
  'an undo of what was typed over is a conflict, and nothing is changed anywhere',
  {},
  async (peer) => {
    const { a, b } = await applied(peer);
    b.typeLine(1, 'typed');
    b.retypeLine(4, 'THREE by hand');
    const outcome = await peer.undo('both');
    expectRejected(outcome, ['undo-conflict']);
    const [conflict] = outcome.violations;
    assert.equal(conflict.uri, b.uri);
    assert.deepEqual(conflict.was, ['3\tTHREE']);
    assert.deepEqual(conflict.actual, ['4\tTHREE by hand']);
    assert.deepEqual(states(outcome), ['before', 'before']);
    assert.deepEqual([a.text, b.text], [CHANGED, 'typed\none\ntwo\nTHREE by hand\nfour\nfive\n']);
    assert.equal(peer.edits.length, 1);

    b.become(CHANGED);
    expectApplied(await peer.undo('both'));
    assert.deepEqual([a.text, b.text], [TEXT, TEXT]);
  },
);

scenario('an undo is undone by its id, and can be done again', {}, async (peer) => {
  const { a, b } = await applied(peer);
  const undo = await peer.undo();
  const redo = await peer.undo(undo.batchId);
  expectApplied(redo);
  assert.equal(redo.undoes, undo.batchId);
  assert.deepEqual([a.text, b.text], [CHANGED, CHANGED]);
  const byId = Object.fromEntries((await peer.history()).map((batch) => [batch.batchId, batch]));
  assert.equal(byId[undo.batchId].undone, true);
  assert.equal(byId.both.undone, false);

  expectApplied(await peer.undo('both'));
  assert.deepEqual([a.text, b.text], [TEXT, TEXT]);
});

scenario(
  'undo without an id goes further back each time, and ends where nothing is left',
  {},
  async (peer) => {
    const a = peer.open('a.txt', TEXT);
    const texts = [a.text];
    for (const line of [1, 3, 5]) {
      expectApplied(await peer.apply(replace(a, line, 'changed')));
      texts.push(a.text);
    }
    for (const text of texts.slice(0, -1).reverse()) {
      expectApplied(await peer.undo());
      assert.equal(a.text, text);
    }
    expectRejected(await peer.undo(), ['unknown-batch']);
    expectRejected(await peer.undo('nobody'), ['unknown-batch']);
    assert.equal(a.text, TEXT);
  },
);

scenario('what the user undoes by hand is undone in the history, document by document', {}, async (peer) => {
  const { a, b } = await applied(peer);
  const undone = async () => {
    const [batch] = await peer.history();
    return [batch.undone, ...batch.documents.map((document) => document.undone)];
  };
  assert.deepEqual(await undone(), [false, false, false]);
  a.become(TEXT);
  assert.deepEqual(await undone(), [false, true, false]);
  b.become(TEXT);
  assert.deepEqual(await undone(), [true, true, true]);
  expectRejected(await peer.undo(), ['unknown-batch']);

  // And redone by hand.
  a.become(CHANGED);
  b.become(CHANGED);
  assert.deepEqual(await undone(), [false, false, false]);
});

scenario('an undo leaves alone what the user has undone by hand already', {}, async (peer) => {
  const { a, b } = await applied(peer);
  a.become(TEXT);
  expectApplied(await peer.undo());
  assert.deepEqual([a.text, b.text], [TEXT, TEXT]);
  assert.deepEqual(peer.edits, [[a.uri, b.uri], [b.uri]]);
});

scenario('the history tells the batches, the latest first, of all documents or of one', {}, async (peer) => {
  const { a, b } = await applied(peer);
  expectApplied(await peer.apply(replace(b, 1, 'ONE', { batchId: 'alone' })));
  const { batchId } = await peer.undo();
  const all = await peer.history();
  assert.deepEqual(
    all.map(({ batchId }) => batchId),
    [batchId, 'alone', 'both'],
  );
  const [undo, alone, both] = all;
  assert.deepEqual([undo.undoes, undo.status, alone.undone], ['alone', 'applied', true]);
  assert.deepEqual([both.label, both.status, both.undone], ['Both', 'applied', false]);
  assert.deepEqual(
    both.documents.map(({ uri, state }) => [uri, state]),
    [
      [a.uri, 'after'],
      [b.uri, 'after'],
    ],
  );
  const ids = async (query) => (await peer.history(query)).map(({ batchId }) => batchId);
  assert.deepEqual(await ids({ uri: a.uri }), ['both']);
  assert.deepEqual(await ids({ limit: 2 }), [batchId, 'alone']);
});

scenario('a document that was closed and opened again with its text can be undone', {}, async (peer) => {
  const { a, b } = await applied(peer);
  a.close();
  a.open();
  expectApplied(await peer.undo('both'));
  assert.deepEqual([a.text, b.text], [TEXT, TEXT]);
});

scenario(
  'of two documents, one that was closed unsaved keeps the other from being undone',
  {},
  async (peer) => {
    const { a, b } = await applied(peer);
    a.close();
    const outcome = await peer.undo();
    expectRejected(outcome, ['outside-root']);
    assert.equal(outcome.violations[0].uri, a.uri);
    assert.equal(b.text, CHANGED);
  },
);

scenario('the half that an editor did not take back can be undone', { behaviour: 'abort' }, async (peer) => {
  const [a, b] = ['a', 'b'].map((name) => peer.open(`${name}.txt`, TEXT));
  b.locked = 'read only';
  peer.answerEdits(peer.carryOut, () => ({ applied: false }));
  const outcome = await peer.apply(together([replace(a, 3, 'THREE'), replace(b, 3, 'THREE')]));
  assert.deepEqual([outcome.status, ...states(outcome)], ['failed', 'after', 'before']);
  peer.answerEdits(peer.carryOut);
  expectApplied(await peer.undo());
  assert.deepEqual([a.text, b.text], [TEXT, TEXT]);
});

scenario('an undo of which a part is refused is taken back', { behaviour: 'abort' }, async (peer) => {
  const { a, b } = await applied(peer);
  b.locked = 'read only';
  const outcome = await peer.undo('both');
  assert.equal(outcome.status, 'rolledBack');
  assert.deepEqual([a.text, b.text], [CHANGED, CHANGED]);
  b.locked = undefined;
  expectApplied(await peer.undo('both'));
  assert.deepEqual([a.text, b.text], [TEXT, TEXT]);
});

scenario('undos that are sent at once go further back, one after the other', {}, async (peer) => {
  const a = peer.open('a.txt', TEXT);
  for (const line of [1, 3])
    expectApplied(await peer.apply(replace(a, line, 'changed', { batchId: `${line}` })));
  const undos = await Promise.all([peer.undo(), peer.undo()]);
  undos.forEach(expectApplied);
  assert.deepEqual(
    undos.map(({ undoes }) => undoes),
    ['3', '1'],
  );
  assert.equal(a.text, TEXT);
});
