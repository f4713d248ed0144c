import assert from 'node:assert/strict';

import { replace, together } from '../batches.js';
import { expectApplied, expectRejected, expectStatus, states } from '../expect.js';
import { scenario } from '../scenario.js';

for (const sync of ['incremental', 'full']) {
  for (const repliesFirst of [false, true]) {
    const how = `${sync} reports, ${repliesFirst ? 'after' : 'before'} the answer`;
    scenario(`all documents of a batch are one edit (${how})`, { sync, repliesFirst }, async (peer) => {
      const a = peer.open('a.txt', 'a\n');
      const b = peer.open('b.txt', 'b\r\nb2\r\nb3\r\nb4\r\n');
      const c = peer.open('c.txt', '');
      const outcome = await peer.apply(
        together([
          replace(a, 1, 'A'),
          {
            uri: b.uri,
            patches: [
              { type: 'insert', line: 5, text: 'b5' },
              { type: 'delete', line: 1 },
              { type: 'replace', line: 3, text: 'B3' },
            ],
          },
          { uri: c.uri, patches: [{ type: 'insert', line: 1, text: 'first\nsecond' }] },
        ]),
      );
      expectApplied(outcome);
      assert.deepEqual(peer.edits, [[a.uri, b.uri, c.uri]]);
      assert.deepEqual([a.text, b.text, c.text], ['A\n', 'b2\r\nB3\r\nb4\r\nb5\r\n', 'first\nsecond']);
      assert.deepEqual(
        outcome.documents.map(({ version }) => version),
        [a.version, b.version, c.version],
      );
    });
  }
}

scenario('columns count in UTF-16 units, and what touches is no overlap', {}, async (peer) => {
  const a = peer.open('a.txt', '😀😀 é\nend');
  const at = (line, from, to, newText) => ({
    type: 'edit',
    range: { start: { line, character: from }, end: { line, character: to } },
    newText,
  });
  const patches = [
    at(0, 2, 4, 'x'),
    at(0, 2, 2, '<'),
    at(0, 4, 4, '>'),
    at(0, 5, 6, 'e'),
    at(1, 3, 3, '\n!'),
  ];
  expectApplied(await peer.apply({ uri: a.uri, patches }));
  assert.equal(a.text, '😀<x> e\nend\n!');
});

for (const behaviour of ['transactional', 'textOnlyTransactional', 'abort', 'undo']) {
  const what = `a version that is old when the edit arrives is refused, and the batch is stale (${behaviour})`;
  scenario(what, { behaviour }, async (peer) => {
    const a = peer.open('a.txt', 'one\ntwo\nthree\n');
    peer.answerEdits((params) => {
      a.typeLine(1, 'typed');
      return peer.carryOut(params);
    });
    expectRejected(await peer.apply(replace(a, 3, 'THREE')), ['stale-snapshot']);
    assert.equal(a.text, 'typed\none\ntwo\nthree\n');
    assert.equal(peer.edits.length, 1);
  });
}

scenario('of two documents, one that was typed into keeps the other from changing', {}, async (peer) => {
  const a = peer.open('a.txt', 'a\n');
  const b = peer.open('b.txt', 'one\ntwo\nthree\n');
  peer.answerEdits((params) => {
    b.typeLine(1, 'typed');
    return peer.carryOut(params);
  });
  const outcome = await peer.apply(together([replace(a, 1, 'A'), replace(b, 3, 'THREE')]));
  expectRejected(outcome, ['stale-snapshot']);
  assert.equal(outcome.violations[0].uri, b.uri);
  assert.deepEqual([a.text, b.text], ['a\n', 'typed\none\ntwo\nthree\n']);
  assert.deepEqual(peer.edits, [[a.uri, b.uri]]);
});

scenario('an error in the place of an answer is a failure that says why', {}, async (peer) => {
  const a = peer.open('a.txt', 'a\n');
  peer.answerEdits(() => {
    throw new Error('no edits on Fridays');
  });
  const outcome = await peer.apply(replace(a, 1, 'A'));
  expectStatus(outcome, 'failed');
  assert.deepEqual(states(outcome), ['before']);
  assert.match(outcome.warnings.join(), /no edits on Fridays/);
  assert.equal(a.text, 'a\n');
});
