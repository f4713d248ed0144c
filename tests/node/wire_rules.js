/**
 * What every edit must keep to that the server sends, so that no editor has to guess what it means.
 *
 * @param {object} params of `workspace/applyEdit`
 * @param {(uri: string) => import('./document.js').Document | undefined} documentAt what is open
 * @returns {string[]} what is broken, in words
 */
export function breaches({ edit }, documentAt) {
  const other = Object.keys(edit).filter((key) => key !== 'documentChanges');
  const changes = edit.documentChanges ?? [];
  const uris = changes.map((change) => change.textDocument?.uri);
  return [
    ...other.map((key) => `the edit has ${key}`),
    ...(changes.length === 0 ? ['the edit names no document'] : []),
    ...(new Set(uris).size < uris.length ? ['the edit names a document twice'] : []),
    ...changes.flatMap((change) => breachesOf(change, documentAt)),
  ];
}

function breachesOf({ textDocument, edits, kind }, documentAt) {
  if (kind !== undefined) return [`an edit of the kind ${kind}`];
  const document = documentAt(textDocument.uri);
  const found = versionBreaches(textDocument, document);
  if (edits.length === 0) found.push('no edits for the document');
  // An edit for a text that the editor no longer shows cannot be looked at.
  if (document && textDocument.version === document.version) {
    found.push(...edits.flatMap((edit) => placeBreaches(edit, document)));
    found.push(...orderBreaches(edits, document));
  }
  return found.map((breach) => `${textDocument.uri}: ${breach}`);
}

function versionBreaches(textDocument, document) {
  if (!('version' in textDocument)) return ['there is no version'];
  const { version } = textDocument;
  if (version === null) return document ? ['no version, and the document is open'] : [];
  return Number.isInteger(version) ? [] : [`the version ${JSON.stringify(version)}`];
}

function placeBreaches({ range, annotationId }, document) {
  const outside = [range.start, range.end].filter(
    ({ line, character }) => line >= document.lineCount || character > document.lengthOf(line),
  );
  return [
    ...outside.map((position) => `${JSON.stringify(position)} is outside of the text`),
    ...(annotationId === undefined ? [] : ['an edit with an annotation']),
  ];
}

/** Descending, and never overlapping. At one place, insertions are listed before what they precede. */
function orderBreaches(edits, document) {
  const spans = edits.map(({ range }) => [document.offsetAt(range.start), document.offsetAt(range.end)]);
  return spans.slice(1).flatMap(([start, end], index) => {
    const [startBefore, endBefore] = spans[index];
    const isAbove = start < startBefore && end <= startBefore;
    const followsInsertion = start === startBefore && startBefore === endBefore;
    return isAbove || followsInsertion
      ? []
      : [`edit ${index + 1} overlaps the one before, or is not above it`];
  });
}
