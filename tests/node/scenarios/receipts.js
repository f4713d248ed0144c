import assert from 'node:assert/strict';

import { replace, together } from '../batches.js';
import { expectApplied, expectError, expectRejected } from '../expect.js';
import { scenario } from '../scenario.js';

const INVALID_PARAMS = -32602;
const REQUEST_CANCELLED = -32800;

const told = ({ replayed, durationMs, ...outcome }) => outcome;

scenario('a batch that is sent twice is applied once, and told twice', {}, async (peer) => {
  const a = peer.open('a.txt', 'a\n');
  const batch = {
    batchId: 'once',
    uri: a.uri,
    patches: [{ type: 'insert', line: 1, text: 'first' }],
  };
  const first = await peer.apply(batch);
  expectApplied(first);
  a.typeLine(1, 'typed');
  const second = await peer.apply(batch);
  assert.equal(first.replayed, undefined);
  assert.equal(second.replayed, true);
  assert.deepEqual(told(second), told(first));
  assert.equal(a.text, 'typed\nfirst\na\n');
  assert.equal(peer.edits.length, 1);
});

scenario('a batch that is sent again while it is under way is applied once', {}, async (peer) => {
  const a = peer.open('a.txt', 'a\n');
  const batch = {
    batchId: 'once',
    uri: a.uri,
    patches: [{ type: 'insert', line: 1, text: 'first' }],
  };
  peer.holdEdits();
  const first = peer.apply(batch);
  const second = peer.apply(batch);
  const edit = await peer.heldEdit();
  const third = peer.apply(batch);
  edit.carryOut();
  const outcomes = await Promise.all([first, second, third]);
  outcomes.forEach(expectApplied);
  assert.deepEqual(
    outcomes.map(({ replayed }) => replayed),
    [undefined, true, true],
  );
  assert.equal(a.text, 'first\na\n');
  assert.equal(peer.edits.length, 1);
});

scenario(
  'who sent a batch again has it applied where the first one is cancelled in time',
  {},
  async (peer) => {
    const a = peer.open('a.txt', 'a\n');
    peer.holdEdits();
    const ahead = peer.apply(replace(a, 1, 'A'));
    const edit = await peer.heldEdit();
    const batch = { batchId: 'once', uri: a.uri, patches: [{ type: 'insert', line: 1, text: 'first' }] };
    const first = peer.applyCancellable(batch);
    const second = peer.apply(batch);
    first.cancel();
    await expectError(first.outcome, REQUEST_CANCELLED);
    edit.carryOut();
    expectApplied(await ahead);
    (await peer.heldEdit()).carryOut();
    expectApplied(await second);
    assert.equal(a.text, 'first\nA\n');
  },
);

scenario('another batch under an id that was used is an error', {}, async (peer) => {
  const a = peer.open('a.txt', 'a\nb\n');
  expectApplied(await peer.apply(replace(a, 1, 'A', { batchId: 'taken' })));
  const error = await expectError(peer.apply(replace(a, 2, 'B', { batchId: 'taken' })), INVALID_PARAMS);
  assert.deepEqual(error.data, { path: 'batchId' });
  assert.equal(a.text, 'A\nb\n');
});

scenario('another batch under the id of one under way is an error', {}, async (peer) => {
  const a = peer.open('a.txt', 'a\nb\n');
  peer.holdEdits();
  const first = peer.apply(replace(a, 1, 'A', { batchId: 'taken' }));
  const edit = await peer.heldEdit();
  const error = await expectError(peer.apply(replace(a, 2, 'B', { batchId: 'taken' })), INVALID_PARAMS);
  assert.deepEqual(error.data, { path: 'batchId' });
  edit.carryOut();
  expectApplied(await first);
});

scenario('a rejected batch is sent again repaired under its id', {}, async (peer) => {
  const a = peer.open('a.txt', 'one\ntwo\nthree\n');
  const patches = [{ type: 'replace', line: 2, text: 'THREE', expect: 'three' }];
  const rejected = await peer.apply({ batchId: 'repaired', uri: a.uri, patches });
  expectRejected(rejected, ['expect-mismatch']);
  assert.equal(rejected.repairedBatch.batchId, 'repaired');
  const outcome = await peer.apply(rejected.repairedBatch);
  expectApplied(outcome);
  assert.equal(outcome.replayed, undefined);
  assert.equal(a.text, 'one\ntwo\nTHREE\n');
});

scenario(
  'a batch that the editor took back may be sent again under its id',
  { behaviour: 'abort' },
  async (peer) => {
    const [a, b] = ['a', 'b'].map((name) => peer.open(`${name}.txt`, `${name}\n`));
    const batch = together([replace(a, 1, 'A'), replace(b, 1, 'B')], { batchId: 'again' });
    b.locked = 'read only';
    assert.equal((await peer.apply(batch)).status, 'rolledBack');
    b.locked = undefined;
    expectApplied(await peer.apply(batch));
    assert.deepEqual([a.text, b.text], ['A\n', 'B\n']);
  },
);
