/** Batches in few words. Lines count from 1. */

/** One line of a document gets another text; `more` are further fields. */
export function replace(document, line, text, more = {}) {
  return { uri: document.uri, patches: [{ type: 'replace', line, text }], ...more };
}

/** Several of them as one batch. */
export function together(documents, more = {}) {
  return { documents, ...more };
}
