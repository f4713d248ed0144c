import assert from 'node:assert/strict';

import { rename, renamed, shop } from '../batches.js';
import { scenario } from '../scenario.js';

async function applied(window, folder, batch = rename(folder)) {
  await window.copy(batch);
  await window.command('Apply Batch from Clipboard');
  await window.says('applied');
}

scenario(
  'the last batch is taken back, and what was typed elsewhere since stays',
  shop,
  async (window, folder) => {
    await applied(window, folder);
    await window.texts(folder, renamed);
    await window.probe.ask('insert', folder.at('order.py'), 4, 'LAST = 1\n');
    await window.command('Undo Last Batch');
    await window.texts(folder, { ...shop, 'order.py': `${shop['order.py']}LAST = 1\n` });
    await window.says('undone: 3 patches in 2 documents');
  },
);

scenario(
  'taking the last batch back again goes one batch further back',
  shop,
  async (window, folder) => {
    await applied(window, folder);
    await applied(
      window,
      folder,
      folder.batch({ 'cart.py': [{ type: 'insert', line: 1, text: '# cart' }] }),
    );
    await window.texts(folder, { 'cart.py': `# cart\n${renamed['cart.py']}` });
    await window.command('Undo Last Batch');
    await window.texts(folder, renamed);
    await window.command('Undo Last Batch');
    await window.texts(folder, shop);
  },
);

scenario('a batch is taken back by its name in the list of all', shop, async (window, folder) => {
  await applied(window, folder, {
    ...rename(folder),
    label: `The older batch of ${folder.at('')}`,
  });
  const label = `The newer batch of ${folder.at('')}`;
  await applied(
    window,
    folder,
    folder.batch({ 'order.py': [{ type: 'insert', line: 4, text: '# end' }] }, { label }),
  );
  await window.texts(folder, { 'order.py': `${renamed['order.py']}# end\n` });
  await window.command('Undo Batch from History…');
  await window.choose(`The older batch of ${folder.at('')}`);
  await window.texts(folder, { ...shop, 'order.py': `${shop['order.py']}# end\n` });
});

scenario(
  'what was changed since it was applied is not taken back, and that is told',
  shop,
  async (window, folder) => {
    await applied(window, folder);
    await window.texts(folder, renamed);
    await window.probe.ask('replaceAll', folder.at('cart.py'), '0.21', '0.99');
    await window.command('Undo Last Batch');
    await window.says('rejected');
    await window.texts(folder, { 'cart.py': renamed['cart.py'].replace('0.21', '0.99') });
  },
);

scenario(
  'the history shows the batches, the last one first, and which are taken back',
  shop,
  async (window, folder) => {
    const [first, second] = ['first', 'second'].map((name) => `The ${name} in ${folder.at('')}`);
    await applied(window, folder, { ...rename(folder), label: first });
    await applied(
      window,
      folder,
      folder.batch({ 'cart.py': [{ type: 'insert', line: 1, text: '#' }] }, { label: second }),
    );
    await window.texts(folder, { 'cart.py': `#\n${renamed['cart.py']}` });
    await window.command('Show History');
    await window.history.row(first, 'applied · 2 documents').waitFor();
    const labels = await window.history.labels();
    assert.ok(labels[0].startsWith(second), labels[0]);
    await window.history.row(first).hover();
    await window.history.rowButton(first, 'Undo This Batch').click();
    await window.texts(folder, {
      'cart.py': `#\n${shop['cart.py']}`,
      'order.py': shop['order.py'],
    });
    await window.history.row(first, 'undone · 2 documents').waitFor();
  },
);

scenario('the history knows of an undo by the editor', shop, async (window, folder) => {
  const label = `Undone by hand in ${folder.at('')}`;
  await window.open(folder, 'cart.py');
  await applied(window, folder, { ...rename(folder), label });
  await window.command('Show History');
  await window.history.row(label, 'applied').waitFor();
  await window.open(folder, 'cart.py');
  await window.page.keyboard.press('Control+Z');
  await window.texts(folder, shop);
  await window.history.row(label, 'undone').waitFor();
});
