import assert from 'node:assert/strict';

/** What an outcome says of each document, in the batch's order. */
export const states = (outcome) => outcome.documents.map(({ state }) => state);

const codes = (outcome) => outcome.violations.map(({ code }) => code);

/** On a difference the whole outcome is shown. */
export function expectStatus(outcome, status) {
  assert.equal(outcome.status, status, `expected ${status}, got ${show(outcome)}`);
}

/** Everything is as it was asked for, and the server has seen it. */
export function expectApplied(outcome) {
  expectStatus(outcome, 'applied');
  const seen = outcome.documents.every(({ state, confirmed }) => state === 'after' && confirmed === true);
  assert.ok(seen, `expected that all is confirmed, got ${show(outcome)}`);
}

/** Nothing is changed, because of these violations. */
export function expectRejected(outcome, expected) {
  expectStatus(outcome, 'rejected');
  assert.deepEqual(codes(outcome), expected, show(outcome));
}

/** The request ends in an error with this code, which is given. */
export async function expectError(request, code) {
  const error = await request.then(
    (result) => assert.fail(`expected the error ${code}, got ${show(result)}`),
    (reason) => reason,
  );
  assert.equal(error.code, code, String(error));
  return error;
}

function show(value) {
  return JSON.stringify(value, null, 2);
}
