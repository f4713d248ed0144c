import { shop } from '../batches.js';
import { scenario } from '../scenario.js';

const withWrongField =
  '{\n  "uri": "cart.py",\n  "patches": [{ "type": "delete", "line": 1, "lines": 2 }]\n}\n';

scenario('a wrong field of a batch file is underlined', shop, async (window, folder) => {
  await folder.write({ 'f.batch.json': withWrongField });
  await window.open(folder, 'f.batch.json');
  await window.probe.until('a diagnostic of the schema', ({ diagnostics }) =>
    (diagnostics[folder.at('f.batch.json')] ?? []).some(({ line }) => line === 3),
  );
  await window.page.locator('.monaco-editor .squiggly-warning').first().waitFor();
});

scenario('the fields of a batch file are completed', shop, async (window, folder) => {
  await folder.write({ 'g.batch.json': '{\n\n}\n' });
  await window.probe.ask('open', folder.at('g.batch.json'), 2);
  await window.page.keyboard.press('Control+Space');
  for (const field of ['batchId', 'documents', 'onStale']) {
    await window.page
      .locator('.suggest-widget .monaco-list-row')
      .filter({ hasText: field })
      .waitFor();
  }
  await window.page.keyboard.press('Escape');
});

scenario(
  'a field of a batch file is explained where the mouse is',
  shop,
  async (window, folder) => {
    await folder.write({ 'h.batch.json': '{\n  "onStale": "rebase"\n}\n' });
    await window.open(folder, 'h.batch.json');
    await window.page
      .locator('.view-line span')
      .filter({ hasText: /^"onStale"$/ })
      .last()
      .hover();
    await window.page
      .locator('.monaco-editor .monaco-hover, .monaco-resizable-hover')
      .filter({ hasText: 'provably right' })
      .first()
      .waitFor();
  },
);
