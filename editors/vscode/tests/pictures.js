import { mkdir } from 'node:fs/promises';
import path from 'node:path';

/** Keeps a picture of the window for people to look at. */
export async function picture(window, name) {
  await pictureInto(window, path.join(process.env.BATCHPATCH_SCREENSHOTS, `${name}.png`));
}

/** Puts a picture of the window into a file, without the mouse's traces. */
export async function pictureInto(window, file) {
  await window.page.mouse.move(0, 0);
  await window.page
    .locator('.monaco-hover')
    .filter({ visible: true })
    .first()
    .waitFor({ state: 'hidden' });
  await mkdir(path.dirname(file), { recursive: true });
  await window.page.screenshot({ path: file, animations: 'disabled' });
}
