import assert from 'node:assert/strict';

import { replace } from '../batches.js';
import { expectApplied, expectError } from '../expect.js';
import { scenario } from '../scenario.js';

const REQUEST_CANCELLED = -32800;

scenario('progress begins, goes up, and ends before the outcome', {}, async (peer) => {
  const a = peer.open('a.txt', 'a\n');
  expectApplied(await peer.applyTold(replace(a, 1, 'A', { label: 'Capitals' }), 'token-1'));
  const told = peer.progress('token-1');
  const kinds = told.map(({ kind }) => kind);
  assert.deepEqual([kinds.at(0), kinds.at(-1)], ['begin', 'end']);
  assert.ok(kinds.length > 2 && kinds.slice(1, -1).every((kind) => kind === 'report'), String(kinds));
  assert.equal(typeof told[0].title, 'string');
  const percentages = told.slice(0, -1).map(({ percentage }) => percentage);
  assert.ok(
    percentages.every((share) => Number.isInteger(share) && share >= 0 && share <= 100),
    String(percentages),
  );
  assert.deepEqual(
    percentages,
    [...percentages].sort((one, other) => one - other),
  );
});

scenario(
  'progress ends for a batch that is rejected too, and is told to none who did not ask',
  {},
  async (peer) => {
    const a = peer.open('a.txt', 'a\n');
    await peer.applyTold(replace(a, 7, 'A'), 7);
    assert.deepEqual(
      peer
        .progress(7)
        .map(({ kind }) => kind)
        .filter((kind) => kind !== 'report'),
      ['begin', 'end'],
    );
    expectApplied(await peer.apply(replace(a, 1, 'A')));
    assert.equal(peer.progress(undefined).length, 0);
  },
);

scenario('a batch that is cancelled before its edit was sent never happens', {}, async (peer) => {
  const a = peer.open('a.txt', 'a\nb\n');
  peer.holdEdits();
  const first = peer.apply(replace(a, 1, 'A'));
  const edit = await peer.heldEdit();
  const second = peer.applyCancellable(replace(a, 2, 'B', { batchId: 'cancelled' }), 'token-2');
  second.cancel();
  await expectError(second.outcome, REQUEST_CANCELLED);
  edit.carryOut();
  expectApplied(await first);
  assert.deepEqual([a.text, peer.edits.length], ['A\nb\n', 1]);
  const kinds = peer.progress('token-2').map(({ kind }) => kind);
  assert.deepEqual([kinds.at(0), kinds.at(-1)], ['begin', 'end']);

  peer.answerEdits(peer.carryOut);
  expectApplied(await peer.apply(replace(a, 2, 'B', { batchId: 'cancelled' })));
  assert.equal(a.text, 'A\nB\n');
});

scenario('a batch that is cancelled after its edit was sent has its ordinary outcome', {}, async (peer) => {
  const a = peer.open('a.txt', 'a\n');
  peer.holdEdits();
  const batch = peer.applyCancellable(replace(a, 1, 'A'));
  const edit = await peer.heldEdit();
  batch.cancel();
  await peer.command('batchpatch.status');
  edit.carryOut();
  expectApplied(await batch.outcome);
  assert.equal(a.text, 'A\n');
});
