import assert from 'node:assert/strict';

import { replace, together } from '../batches.js';
import { expectApplied, expectStatus, states } from '../expect.js';
import { scenario } from '../scenario.js';

/** Bytes that are easily lost: line ends of two kinds, characters of two units, no end at the end. */
const DELICATE = 'one\r\ntwo 😀\n\nfour\t\r\nlast';

/** Two documents of which the second is refused, and a batch for both. */
function half(peer) {
  const a = peer.open('a.txt', 'one\ntwo\nthree\nfour\nfive\n');
  const b = peer.open('b.txt', 'b\n');
  b.locked = 'read only';
  return { a, b, batch: together([replace(a, 3, 'THREE'), replace(b, 1, 'B')]) };
}

const editors = [
  { behaviour: 'abort' },
  { behaviour: 'abort', declares: null },
  { behaviour: 'abort', declares: 'transactional' },
  { behaviour: 'abort', sync: 'full' },
];

for (const editor of editors) {
  const how = Object.entries(editor)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  scenario(`what one document got is taken back when another is refused (${how})`, editor, async (peer) => {
    const a = peer.open('a.txt', DELICATE);
    const b = peer.open('b.txt', 'b\n');
    b.locked = 'read only';
    const patches = [
      { type: 'replace', line: 2, text: 'TWO\nand more' },
      { type: 'delete', line: 4 },
      { type: 'insert', line: 6, text: 'appended' },
    ];
    const outcome = await peer.apply(together([{ uri: a.uri, patches }, replace(b, 1, 'B')]));
    expectStatus(outcome, 'rolledBack');
    assert.deepEqual(states(outcome), ['before', 'before']);
    assert.deepEqual([a.text, b.text], [DELICATE, 'b\n']);
    assert.deepEqual(peer.edits, [[a.uri, b.uri], [a.uri]]);

    b.locked = undefined;
    expectApplied(await peer.apply(together([{ uri: a.uri, patches }, replace(b, 1, 'B')])));
  });
}

scenario('why the editor did a half only is told', { behaviour: 'abort' }, async (peer) => {
  const { batch } = half(peer);
  const outcome = await peer.apply(batch);
  expectStatus(outcome, 'rolledBack');
  assert.match(outcome.warnings.join(), /read only/);
});

scenario(
  'what an editor applied around a refused document, and calls applied, is taken back in one edit',
  { behaviour: 'careless' },
  async (peer) => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => peer.open(`${name}.txt`, `${name}\n`));
    b.locked = 'read only';
    const outcome = await peer.apply(together([replace(a, 1, 'A'), replace(b, 1, 'B'), replace(c, 1, 'C')]));
    expectStatus(outcome, 'rolledBack');
    assert.deepEqual(states(outcome), ['before', 'before', 'before']);
    assert.deepEqual([a.text, b.text, c.text], ['a\n', 'b\n', 'c\n']);
    assert.deepEqual(peer.edits, [
      [a.uri, b.uri, c.uri],
      [a.uri, c.uri],
    ]);
  },
);

scenario(
  'an editor that takes its own half back is not asked to do it',
  { behaviour: 'undo' },
  async (peer) => {
    const [a, b] = ['a', 'b'].map((name) => peer.open(`${name}.txt`, `${name}\n`));
    b.locked = 'read only';
    const outcome = await peer.apply(together([replace(a, 1, 'A'), replace(b, 1, 'B')]));
    expectStatus(outcome, 'failed');
    assert.deepEqual(states(outcome), ['before', 'before']);
    assert.equal(a.text, 'a\n');
    assert.equal(peer.edits.length, 1);
  },
);

scenario(
  'what is typed elsewhere before the taking back survives it',
  { behaviour: 'abort' },
  async (peer) => {
    const { a, b, batch } = half(peer);
    const carryOutAndType = (params) => {
      const answer = peer.carryOut(params);
      a.typeLine(1, 'typed');
      return answer;
    };
    peer.answerEdits(carryOutAndType, peer.carryOut);
    const outcome = await peer.apply(batch);
    expectStatus(outcome, 'rolledBack');
    assert.equal(a.text, 'typed\none\ntwo\nthree\nfour\nfive\n');
    assert.equal(b.text, 'b\n');
    assert.equal(peer.edits.length, 2);
  },
);

scenario(
  'what is typed elsewhere while the taking back is on its way survives it',
  { behaviour: 'abort' },
  async (peer) => {
    const { a, batch } = half(peer);
    const typeAndRefuse = (params) => {
      a.typeLine(1, 'typed');
      return peer.carryOut(params);
    };
    peer.answerEdits(peer.carryOut, typeAndRefuse, peer.carryOut);
    expectStatus(await peer.apply(batch), 'rolledBack');
    assert.equal(a.text, 'typed\none\ntwo\nthree\nfour\nfive\n');
    assert.deepEqual(peer.edits.slice(1), [[a.uri], [a.uri]]);
  },
);

scenario(
  'what is typed over the batch itself stays, and it is told which document that is',
  { behaviour: 'abort' },
  async (peer) => {
    const { a, b, batch } = half(peer);
    peer.answerEdits((params) => {
      const answer = peer.carryOut(params);
      a.retypeLine(3, 'THREE and typed');
      return answer;
    });
    const outcome = await peer.apply(batch);
    expectStatus(outcome, 'failed');
    assert.notEqual(states(outcome)[0], 'before');
    assert.equal(states(outcome)[1], 'before');
    assert.deepEqual(
      outcome.violations.map(({ code, uri, was, actual }) => [code, uri, was, actual]),
      [['undo-conflict', a.uri, ['3\tTHREE'], ['3\tTHREE and typed']]],
    );
    assert.deepEqual([a.text, b.text], ['one\ntwo\nTHREE and typed\nfour\nfive\n', 'b\n']);
  },
);

scenario(
  'a taking back that is refused is a failure, and it is told what stands where',
  { behaviour: 'abort' },
  async (peer) => {
    const { a, b, batch } = half(peer);
    peer.answerEdits(peer.carryOut, () => ({ applied: false, failureReason: 'not again' }));
    const outcome = await peer.apply(batch);
    expectStatus(outcome, 'failed');
    assert.deepEqual(states(outcome), ['after', 'before']);
    assert.equal(peer.edits.length, 4);
    assert.deepEqual([a.text, b.text], ['one\ntwo\nTHREE\nfour\nfive\n', 'b\n']);
  },
);
