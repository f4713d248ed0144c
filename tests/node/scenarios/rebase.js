import assert from 'node:assert/strict';

import { replace, together } from '../batches.js';
import { expectApplied, expectRejected, expectStatus, states } from '../expect.js';
import { scenario } from '../scenario.js';

const TEXT = 'one\ntwo\nthree\nfour\nfive\n';

const REBASE = { onStale: 'rebase' };

async function tokenOf(peer, { uri }) {
  const { snapshot } = await peer.command('batchpatch.snapshot', { uri });
  return snapshot;
}

for (const sync of ['incremental', 'full']) {
  scenario(
    `a batch for an older text is carried over what was typed (${sync} reports)`,
    { sync },
    async (peer) => {
      const a = peer.open('a.txt', TEXT);
      const snapshot = await tokenOf(peer, a);
      a.typeLine(1, 'typed');
      a.typeLine(5, 'typed too');
      expectApplied(await peer.apply(replace(a, 4, 'FOUR', { ...REBASE, snapshot })));
      assert.equal(a.text, 'typed\none\ntwo\nthree\ntyped too\nFOUR\nfive\n');
    },
  );
}

scenario('a line that was typed over is a conflict that shows what was and what is', {}, async (peer) => {
  const a = peer.open('a.txt', TEXT);
  const b = peer.open('b.txt', 'b\n');
  const snapshot = await tokenOf(peer, a);
  a.typeLine(1, 'typed');
  a.retypeLine(5, 'FOUR by hand');
  const outcome = await peer.apply(
    together([{ ...replace(a, 4, 'FOUR'), snapshot }, replace(b, 1, 'B')], REBASE),
  );
  expectRejected(outcome, ['rebase-conflict']);
  const [conflict] = outcome.violations;
  assert.deepEqual([conflict.uri, conflict.patch], [a.uri, 0]);
  assert.deepEqual(conflict.was, ['4\tfour']);
  assert.deepEqual(conflict.actual, ['5\tFOUR by hand']);
  assert.deepEqual([a.text, b.text], ['typed\none\ntwo\nthree\nFOUR by hand\nfive\n', 'b\n']);
  assert.deepEqual(peer.edits, []);
});

scenario('typed while the edit is on its way: it is carried over and sent again', {}, async (peer) => {
  const a = peer.open('a.txt', TEXT);
  peer.answerEdits((params) => {
    a.typeLine(1, 'typed');
    return peer.carryOut(params);
  }, peer.carryOut);
  expectApplied(await peer.apply(replace(a, 4, 'FOUR', REBASE)));
  assert.equal(a.text, 'typed\none\ntwo\nthree\nFOUR\nfive\n');
  assert.equal(peer.edits.length, 2);
});

scenario(
  'typed beside a patched line while the edit is on its way: it is not sent again',
  {},
  async (peer) => {
    const a = peer.open('a.txt', TEXT);
    peer.answerEdits((params) => {
      a.retypeLine(3, 'three by hand');
      return peer.carryOut(params);
    });
    // For all that the server can see, the editor may have done a part of the edit.
    const outcome = await peer.apply(replace(a, 4, 'FOUR', REBASE));
    expectStatus(outcome, 'failed');
    assert.deepEqual(states(outcome), ['other']);
    assert.deepEqual(
      outcome.violations.map(({ code }) => code),
      ['other-text'],
    );
    assert.equal(peer.edits.length, 1);
    assert.equal(a.text, 'one\ntwo\nthree by hand\nfour\nfive\n');
  },
);

scenario('a user who never stops typing ends the attempts', {}, async (peer) => {
  const a = peer.open('a.txt', TEXT);
  peer.answerEdits((params) => {
    a.typeLine(1, 'typed');
    return peer.carryOut(params);
  });
  const outcome = await peer.apply(replace(a, 4, 'FOUR', REBASE));
  assert.deepEqual(states(outcome), ['before']);
  assert.ok(['rejected', 'failed'].includes(outcome.status), outcome.status);
  assert.equal(peer.edits.length, 3);
  assert.equal(a.text, `${'typed\n'.repeat(3)}${TEXT}`);
});

scenario(
  'typed into one of two documents: the other is taken back first, then both are sent again',
  { behaviour: 'abort' },
  async (peer) => {
    const a = peer.open('a.txt', TEXT);
    const b = peer.open('b.txt', TEXT);
    peer.answerEdits((params) => {
      b.typeLine(1, 'typed');
      return peer.carryOut(params);
    }, peer.carryOut);
    expectApplied(await peer.apply(together([replace(a, 4, 'FOUR'), replace(b, 4, 'FOUR')], REBASE)));
    assert.equal(a.text, 'one\ntwo\nthree\nFOUR\nfive\n');
    assert.equal(b.text, 'typed\none\ntwo\nthree\nFOUR\nfive\n');
    assert.deepEqual(peer.edits, [[a.uri, b.uri], [a.uri], [a.uri, b.uri]]);
  },
);
