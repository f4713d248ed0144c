import { scenario } from '../scenario.js';

scenario('one undo takes back all files of a batch', { 'a.txt': 'one\n', 'b.txt': 'eins\n' }, async (window, folder) => {
  await folder.write({ 'x.batch.json': folder.batch({
      'a.txt': [{ type: 'replace', line: 1, text: 'ONE' }],
      'b.txt': [{ type: 'replace', line: 1, text: 'EINS' }],
    }) });
  await window.open(folder, 'a.txt', 'b.txt', 'x.batch.json');
  await window.command('Apply Batch from Current Editor');
  await window.texts(folder, { 'a.txt': 'ONE\n', 'b.txt': 'EINS\n' });
  await window.open(folder, 'a.txt');
  await window.page.keyboard.press('Control+Z');
  await window.texts(folder, { 'a.txt': 'one\n', 'b.txt': 'eins\n' });
});
