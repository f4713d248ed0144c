import assert from 'node:assert/strict';

import { Document } from '../document.js';
import { rule } from '../scenario.js';
import { breaches } from '../wire_rules.js';

const uri = 'file:///w/a.txt';
const open = new Document({ uri, text: 'one\ntwo\n', version: 3, sync: 'full', tell: () => {} });

const at = (line, from, to, newText = 'x') => ({
  range: { start: { line, character: from }, end: { line, character: to } },
  newText,
});

const changing = (edits, version = 3, of = uri) => ({ textDocument: { uri: of, version }, edits });

const found = (...documentChanges) =>
  breaches({ edit: { documentChanges } }, (asked) => (asked === uri ? open : undefined)).join();

rule('the peer accepts descending edits, and insertions before what they precede', () => {
  assert.equal(found(changing([at(2, 0, 0), at(1, 1, 2), at(0, 0, 0), at(0, 0, 0), at(0, 0, 3)])), '');
  assert.equal(found(changing([at(0, 0, 0)], null, 'file:///w/unopened.txt')), '');
});

rule('the peer refuses edits that overlap, ascend, or replace before an insertion', () => {
  assert.match(found(changing([at(0, 1, 3), at(0, 0, 2)])), /overlaps/);
  assert.match(found(changing([at(0, 0, 1), at(0, 2, 3)])), /not above/);
  assert.match(found(changing([at(0, 1, 2), at(0, 1, 1)])), /not above/);
});

rule('the peer refuses places outside of the text', () => {
  assert.match(found(changing([at(0, 4, 4)])), /outside/);
  assert.match(found(changing([at(3, 0, 0)])), /outside/);
});

rule('the peer refuses an edit without a version, and one for an open document that has none', () => {
  assert.match(found({ textDocument: { uri }, edits: [at(0, 0, 0)] }), /no version/);
  assert.match(found(changing([at(0, 0, 0)], null)), /no version/);
  assert.match(found(changing([at(0, 0, 0)], '3')), /the version "3"/);
});

rule('the peer refuses a document named twice, an empty edit, annotations, and other ways to edit', () => {
  assert.match(found(changing([at(0, 0, 0)]), changing([at(0, 0, 0)])), /twice/);
  assert.match(found(changing([])), /no edits/);
  assert.match(found(changing([{ ...at(0, 0, 0), annotationId: 'ask' }])), /annotation/);
  assert.match(found({ kind: 'create', uri }), /create/);
  assert.match(breaches({ edit: { changes: {} } }, () => undefined).join(), /changes.*no document/);
});
