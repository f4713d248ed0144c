import type { Outcome } from './contract';

/** What became of a batch, in a few words. */
export function sentence(outcome: Outcome): string {
  const applied = outcome.undoes != null ? 'undone' : 'applied';
  switch (outcome.status) {
    case 'applied':
      return `${applied}: ${extent(outcome)}`;
    case 'partial':
      return `${applied}: ${extent(outcome)}; left out: ${violations(outcome)}`;
    case 'rejected':
      return `rejected: ${violations(outcome)}`;
    case 'noop':
      return 'nothing to change';
    case 'rolledBack':
      return 'could not be applied everywhere, and was taken back';
    case 'failed':
      return 'failed';
  }
}

/** How many violations an outcome has, those without details counted too. */
export function violationCount(outcome: Outcome): number {
  const more = Object.values(outcome.moreViolations ?? {});
  return more.reduce((sum, count) => sum + count, outcome.violations.length);
}

/** “1 patch”, “3 patches”. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

function extent(outcome: Outcome): string {
  const changed = outcome.documents.filter(({ patches }) => patches > 0);
  const patches = changed.reduce((sum, document) => sum + document.patches, 0);
  return `${counted(patches, 'patch', 'patches')} in ${counted(changed.length, 'document')}`;
}

function violations(outcome: Outcome): string {
  return counted(violationCount(outcome), 'violation');
}
