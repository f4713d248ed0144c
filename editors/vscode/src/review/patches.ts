import type { Patch } from '../batch/contract';

/** What a patch does, and where, in a few words. */
export function title(patch: Patch): string {
  switch (patch.type) {
    case 'edit': {
      const { start, end } = patch.range;
      return `edit ${start.line + 1}:${start.character + 1} – ${end.line + 1}:${end.character + 1}`;
    }
    case 'insert':
    case 'insert_line':
      return `insert before line ${firstLine(patch)}`;
    case 'replace':
    case 'write_replace_line':
      return `replace ${lines(patch)}`;
    case 'delete':
    case 'delete_line':
      return `delete ${lines(patch)}`;
  }
}

/** The first words of the text that a patch puts there; of what it expects where it only deletes. */
export function excerpt(patch: Patch): string {
  const text = textOf(patch) ?? (typeof patch.expect === 'string' ? patch.expect : '');
  return text.trimStart().split(/[\r\n]/, 1)[0] ?? '';
}

/** The codicon of what a patch does. */
export function icon(patch: Patch): string {
  switch (patch.type) {
    case 'insert':
    case 'insert_line':
      return 'diff-added';
    case 'delete':
    case 'delete_line':
      return 'diff-removed';
    default:
      return 'diff-modified';
  }
}

/** The line, from 0, at which a patch's change stands once all of these patches are applied. */
export function lineAfter(patch: Patch, applied: readonly Patch[]): number {
  const line = firstLine(patch);
  const moved = applied
    .filter((other) => other !== patch && firstLine(other) < line)
    .reduce((sum, other) => sum + linesAdded(other), 0);
  return Math.max(0, line - 1 + moved);
}

/** From 1. */
function firstLine(patch: Patch): number {
  return patch.type === 'edit' ? patch.range.start.line + 1 : (patch.line ?? patch.lineNumber ?? 1);
}

/** From 1, inclusive. */
function lastLine(patch: Patch): number {
  if (patch.type === 'edit') {
    return patch.range.end.line + 1;
  }
  return ('endLine' in patch ? patch.endLine : undefined) ?? firstLine(patch);
}

function linesAdded(patch: Patch): number {
  const text = textOf(patch);
  const breaks = text?.match(/\r\n|\r|\n/g)?.length ?? 0;
  switch (patch.type) {
    case 'edit':
      return breaks - (lastLine(patch) - firstLine(patch));
    case 'insert':
    case 'insert_line':
      return lineCount(text ?? '');
    default:
      return (text === undefined ? 0 : lineCount(text)) - (lastLine(patch) - firstLine(patch) + 1);
  }
}

/** A terminator at the end of a line patch's text adds no line. */
function lineCount(text: string): number {
  return text.replace(/(\r\n|\r|\n)$/, '').split(/\r\n|\r|\n/).length;
}

function textOf(patch: Patch): string | undefined {
  if (patch.type === 'edit') {
    return patch.newText;
  }
  return 'text' in patch ? patch.text : undefined;
}

function lines(patch: Patch): string {
  const [first, last] = [firstLine(patch), lastLine(patch)];
  return first === last ? `line ${first}` : `lines ${first}–${last}`;
}
