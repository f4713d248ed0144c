import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';

import { rename, renamed, shop } from '../batches.js';
import { scenario } from '../scenario.js';

const apply = (window, batch) => window.probe.ask('batchpatch', 'apply', batch);

scenario('a document that is in no file is changed', {}, async (window) => {
  const uri = await window.probe.ask('openUntitled', 'one\ntwo\n', 'plaintext');
  await window.copy({ uri, patches: [{ type: 'replace', line: 1, text: 'ONE' }] });
  await window.command('Apply Batch from Clipboard');
  await window.probe.until('its text', ({ documents }) => documents[uri]?.text === 'ONE\ntwo\n');
});

scenario(
  'a file keeps its own line ends',
  { 'windows.txt': 'one\r\ntwo\r\n' },
  async (window, folder) => {
    const patches = [{ type: 'insert', line: 2, text: 'and a half\nor so' }];
    await window.copy(folder.batch({ 'windows.txt': patches }));
    await window.command('Apply Batch from Clipboard');
    await window.texts(folder, { 'windows.txt': 'one\r\nand a half\r\nor so\r\ntwo\r\n' });
  },
);

scenario(
  'columns count as VS Code counts them',
  { 'a.txt': '😀é漢 x\n' },
  async (window, folder) => {
    await window.open(folder, 'a.txt');
    const range = { start: { line: 0, character: 5 }, end: { line: 0, character: 6 } };
    const edit = { type: 'edit', range, newText: 'y', expect: 'x' };
    const outcome = await apply(window, folder.batch({ 'a.txt': [edit] }));
    assert.equal(outcome.status, 'applied');
    await window.texts(folder, { 'a.txt': '😀é漢 y\n' });
  },
);

scenario(
  'what was typed since a batch was written carries it over with rebase',
  shop,
  async (window, folder) => {
    await window.open(folder, 'cart.py');
    const { snapshot } = await window.probe.ask('batchpatch', 'snapshot', {
      uri: folder.at('cart.py'),
    });
    const patches = [{ type: 'replace', line: 3, text: 'NAME = "basket"' }];
    const document = { uri: folder.at('cart.py'), snapshot, patches };
    await window.page.keyboard.type('# typed\n');
    await window.texts(folder, { 'cart.py': `# typed\n${shop['cart.py']}` });
    const stale = await apply(window, { documents: [document] });
    assert.deepEqual([stale.status, stale.violations[0].code], ['rejected', 'stale-snapshot']);
    const outcome = await apply(window, { onStale: 'rebase', documents: [document] });
    assert.equal(outcome.status, 'applied');
    await window.texts(folder, {
      'cart.py': '# typed\nTAX = 0.19\nCOUNT = 1\nNAME = "basket"\n',
    });
  },
);

scenario('a document that is only read-only is changed', shop, async (window, folder) => {
  await chmod(folder.path('order.py'), 0o444);
  await window.configure('files.readonlyFromPermissions', true);
  await window.open(folder, 'order.py');
  await window.page.keyboard.type('X');
  await window.page.locator('.monaco-editor-overlaymessage').getByText('read-only').waitFor();
  const outcome = await apply(window, rename(folder));
  assert.equal(outcome.status, 'applied');
  await window.texts(folder, renamed);
});

const classes = `class Cart:
    def total(self):
        return 0


class Order:
    def total(self):
        return 1
`;

scenario(
  'folds and the cursor stay on their text',
  { 'shop.py': classes },
  async (window, folder) => {
    await window.open(folder, 'shop.py');
    await window.probe.ask('open', folder.at('shop.py'), 6);
    const lines = window.page.locator('.editor-instance .view-line');
    await lines.filter({ hasText: 'return 1' }).waitFor();
    await window.page.keyboard.press('Control+K');
    await window.page.keyboard.press('Control+BracketLeft');
    await lines.filter({ hasText: 'return 1' }).waitFor({ state: 'hidden' });
    await apply(
      window,
      folder.batch({
        'shop.py': [
          { type: 'insert', line: 1, text: 'import money\n\n' },
          { type: 'replace', line: 3, text: '        return money.zero' },
        ],
      }),
    );
    await lines.filter({ hasText: 'return money.zero' }).waitFor();
    assert.equal(await lines.filter({ hasText: 'return 1' }).count(), 0);
    await window.page.keyboard.type('X');
    await window.probe.until('X', ({ documents }) =>
      documents[folder.at('shop.py')].text.includes('Xclass Order'),
    );
  },
);
