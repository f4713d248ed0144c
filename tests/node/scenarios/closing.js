import assert from 'node:assert/strict';

import { replace, together } from '../batches.js';
import { expectApplied, expectStatus, states } from '../expect.js';
import { scenario } from '../scenario.js';

/** A document, and a batch for it before whose edit the user does something. */
async function outcomeAfter(peer, document, userDoes) {
  peer.answerEdits((params) => {
    userDoes(document);
    return peer.carryOut(params);
  });
  return peer.apply(replace(document, 1, 'A'));
}

scenario('a document that is closed as soon as the edit is in it has got the batch', {}, async (peer) => {
  const [a, b] = ['a', 'b'].map((name) => peer.open(`${name}.txt`, `${name}\n`));
  peer.answerEdits((params) => {
    const answer = peer.carryOut(params);
    a.close();
    return answer;
  });
  expectApplied(await peer.apply(together([replace(a, 1, 'A'), replace(b, 1, 'B')])));
});

scenario('a document that is closed before the edit arrives stays as it is', {}, async (peer) => {
  const a = peer.open('a.txt', 'a\n');
  const outcome = await outcomeAfter(peer, a, () => a.close());
  expectStatus(outcome, 'failed');
  assert.deepEqual(states(outcome), ['before']);
  assert.equal(a.text, 'a\n');
});

scenario('a document that is closed and opened again before the edit arrives gets it', {}, async (peer) => {
  const a = peer.open('a.txt', 'a\n');
  const outcome = await outcomeAfter(peer, a, () => {
    a.close();
    a.open();
  });
  expectApplied(outcome);
  assert.equal(a.text, 'A\n');
});

scenario(
  'a document that is renamed before the edit arrives stays as it is, under both names',
  {},
  async (peer) => {
    const a = peer.open('a.txt', 'a\n');
    const before = a.uri;
    const outcome = await outcomeAfter(peer, a, () => a.rename('file:///w/renamed.txt'));
    expectStatus(outcome, 'failed');
    assert.deepEqual(
      outcome.documents.map(({ uri, state }) => [uri, state]),
      [[before, 'before']],
    );
    assert.equal(a.text, 'a\n');

    peer.answerEdits(peer.carryOut);
    expectApplied(await peer.apply(replace(a, 1, 'A')));
    assert.equal(a.text, 'A\n');
  },
);

scenario(
  'of two documents, one that is closed before the edit arrives keeps the other as it was',
  { behaviour: 'abort' },
  async (peer) => {
    const [a, b] = ['a', 'b'].map((name) => peer.open(`${name}.txt`, `${name}\n`));
    peer.answerEdits((params) => {
      b.close();
      return peer.carryOut(params);
    }, peer.carryOut);
    const outcome = await peer.apply(together([replace(a, 1, 'A'), replace(b, 1, 'B')]));
    expectStatus(outcome, 'rolledBack');
    assert.deepEqual([a.text, b.text], ['a\n', 'b\n']);
  },
);
