import { mkdir } from 'node:fs/promises';
import path from 'node:path';

/** Keeps a picture of the window for people to look at. */
export async function picture(window, name) {
  const file = path.join(process.env.BATCHPATCH_SCREENSHOTS, `${name}.png`);
  await mkdir(path.dirname(file), { recursive: true });
  await window.page.screenshot({ path: file, animations: 'disabled' });
}
