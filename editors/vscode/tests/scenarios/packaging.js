import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import { rule, scenario } from '../scenario.js';

const forLinux = process.env.BATCHPATCH_VSIX;
const universal = process.env.BATCHPATCH_UNIVERSAL_VSIX;

const MEGABYTE = 1024 * 1024;

const NEEDED = [
  'LICENSE-APACHE',
  'LICENSE-MIT',
  'LICENSE.txt',
  'dist/batch.schema.json',
  'dist/extension.js',
  'images/icon.png',
  'package.json',
  'readme.md',
];

/** The files of the extension that a package has. */
function filesOf(vsix) {
  const list = 'import sys, zipfile; print("\\n".join(zipfile.ZipFile(sys.argv[1]).namelist()))';
  const names = execFileSync('python3', ['-c', list, vsix], { encoding: 'utf8' })
    .trim()
    .split('\n');
  return names
    .filter((name) => name.startsWith('extension/'))
    .map((name) => name.replace('extension/', ''));
}

function isSmallerThan(vsix, megabytes) {
  const size = statSync(vsix).size / MEGABYTE;
  console.log(`${path.basename(vsix)}: ${size.toFixed(2)} MB`);
  assert.ok(size < megabytes, `${vsix} has ${size} MB`);
}

function isWhatIsNeeded(files) {
  for (const name of NEEDED) assert.ok(files.includes(name), `${name} is missing in ${files}`);
  const others = files.filter((name) => !NEEDED.includes(name));
  const allowed =
    /^(bin\/batchpatch|changelog\.md|(images|media|walkthrough)\/[^/]+\.(png|svg|md))$/;
  assert.deepEqual(
    others.filter((name) => !allowed.test(name)),
    [],
  );
}

rule('the package without a server has what is needed, and nothing else', () => {
  const files = filesOf(universal);
  isWhatIsNeeded(files);
  assert.ok(!files.includes('bin/batchpatch'));
  isSmallerThan(universal, 1);
});

rule('the package for a platform has its server, and nothing else', () => {
  const files = filesOf(forLinux);
  isWhatIsNeeded(files);
  assert.ok(files.includes('bin/batchpatch'));
});

scenario(
  'the server of an installed package runs, and is that of the extension',
  {},
  async (window) => {
    const home = await window.code.extension('batchpatch.batchpatch');
    const program = path.join(home, 'bin', 'batchpatch');
    assert.ok((await stat(program)).mode & 0o111);
    const { version } = JSON.parse(await readFile(path.join(home, 'package.json'), 'utf8'));
    assert.match(
      execFileSync(program, ['--version'], { encoding: 'utf8' }),
      new RegExp(`^batchpatch ${version}\\b`),
    );
  },
);
