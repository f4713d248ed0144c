import assert from 'node:assert/strict';

import { scenario } from '../scenario.js';

const TITLES = [
  'Apply Batch from Clipboard',
  'Apply Batch from Current Editor',
  'Apply Batch from File…',
  'Clear Diagnostics',
  'Preview Batch from Clipboard',
  'Preview Batch from Current Editor',
  'Preview Batch from File…',
  'Restart Server',
  'Review the Rejected Batch',
  'Show History',
  'Show Log',
  'Show Menu',
  'Undo Batch from History…',
  'Undo Last Batch',
];

const IN_A_REVIEW = [
  'Apply Previewed Batch',
  'Close Preview',
  'Preview Again',
  'Tick All Patches',
  'Tick No Patch',
];

/** All commands of batchpatch that the palette shows. */
async function palette(window) {
  await window.page.keyboard.press('F1');
  await window.quickInput.fill('>Batchpatch: ');
  await window.choices.filter({ hasText: 'Batchpatch: Apply Batch from' }).first().waitFor();
  const top = await labelsOf(window);
  // The list has only the rows that are seen; all of them are on two pages. Above the first is the last.
  await window.page.keyboard.press('ArrowUp');
  await window.choices.filter({ hasText: 'Batchpatch: Undo Last Batch' }).waitFor();
  const bottom = await labelsOf(window);
  await window.page.keyboard.press('Escape');
  return [...new Set([...top, ...bottom])].sort();
}

/** Without those that VS Code itself makes of views. */
async function labelsOf(window) {
  const labels = await window.choices.locator('.label-name').allInnerTexts();
  return labels
    .filter((label) => /^Batchpatch: (?!Focus on)/.test(label))
    .map((label) => label.replace('Batchpatch: ', ''));
}

scenario(
  'the palette has every command that can be used',
  { 'a.txt': 'one\n' },
  async (window, folder) => {
    await window.open(folder, 'a.txt');
    assert.deepEqual(await palette(window), TITLES);
  },
);

scenario(
  'during a review the palette has its commands too',
  { 'a.txt': 'one\n' },
  async (window, folder) => {
    await window.open(folder, 'a.txt');
    await window.copy(folder.batch({ 'a.txt': [{ type: 'delete', line: 1 }] }));
    await window.command('Preview Batch from Clipboard');
    await window.review.says('Would be applied');
    assert.deepEqual(await palette(window), [...TITLES, ...IN_A_REVIEW].sort());
  },
);
