import assert from 'node:assert/strict';

import { replace, together } from '../batches.js';
import { expectApplied, expectStatus, states } from '../expect.js';
import { scenario } from '../scenario.js';

/** Times that are over soon, in milliseconds: what is tested is what happens then. */
const IMPATIENT = { timeouts: { reply: 100, replyForEach: 0, texts: 50 } };

scenario('an edit without an answer blocks its own documents and no others', {}, async (peer) => {
  const [a, b, c] = ['a', 'b', 'c'].map((name) => peer.open(`${name}.txt`, `${name}\n`));
  peer.holdEdits();
  const first = peer.apply(together([replace(a, 1, 'A'), replace(b, 1, 'B')]));
  const silent = await peer.heldEdit();
  const behind = peer.apply(replace(b, 1, 'BB'));
  const beside = peer.apply(replace(c, 1, 'C'));
  (await peer.heldEdit()).carryOut();
  expectApplied(await beside);
  assert.deepEqual(peer.edits, [[a.uri, b.uri], [c.uri]]);

  silent.carryOut();
  expectApplied(await first);
  (await peer.heldEdit()).carryOut();
  expectApplied(await behind);
  assert.deepEqual([a.text, b.text, c.text], ['A\n', 'BB\n', 'C\n']);
});

scenario(
  'an answer that does not come in time is a failure of which nothing is known',
  { settings: IMPATIENT },
  async (peer) => {
    const a = peer.open('a.txt', 'a\n');
    peer.holdEdits();
    const outcome = await peer.apply(replace(a, 1, 'A'));
    expectStatus(outcome, 'failed');
    assert.deepEqual(states(outcome), ['unknown']);

    const held = await peer.heldEdit();
    peer.answerEdits(peer.carryOut);
    expectApplied(await peer.apply(replace(a, 1, 'AA')));
    held.carryOut();
    assert.equal(a.text, 'AA\n');
  },
);

scenario(
  'an edit that is carried out too late is told, and can be taken back',
  { settings: IMPATIENT },
  async (peer) => {
    const [a, b] = ['a', 'b'].map((name) => peer.open(`${name}.txt`, `${name}\n`));
    peer.holdEdits();
    const batch = together([replace(a, 1, 'A'), replace(b, 1, 'B')], { batchId: 'late' });
    expectStatus(await peer.apply(batch), 'failed');
    (await peer.heldEdit()).carryOut();
    const { message } = await peer.logged('late');
    assert.match(message, /late/);
    assert.deepEqual([a.text, b.text], ['A\n', 'B\n']);

    peer.answerEdits(peer.carryOut);
    expectApplied(await peer.undo('late'));
    assert.deepEqual([a.text, b.text], ['a\n', 'b\n']);
  },
);
