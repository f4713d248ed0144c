// Makes `dist` from the sources, and from the contract of the project: the JSON schema that VS Code
// completes batches with and the types of batches and outcomes are those that `batchpatch schema` prints.
//
//   node build.mjs           everything
//   node build.mjs --types   only what the type checker needs

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { compile } from 'json-schema-to-typescript';

const contract = new URL('../../docs/', import.meta.url);
const here = new URL('./', import.meta.url);

/** The schemas say which fields exclude each other. As types that would be unions nobody can read. */
function withoutExclusions(schema) {
  if (Array.isArray(schema)) {
    return schema.map(withoutExclusions);
  }
  if (typeof schema !== 'object' || schema === null) {
    return schema;
  }
  const isExclusion = (key) => ['oneOf', 'anyOf'].includes(key) && 'properties' in schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => !isExclusion(key))
      .map(([key, value]) => [key, withoutExclusions(value)]),
  );
}

async function types() {
  const schema = JSON.parse(await readFile(new URL('outcome.schema.json', contract), 'utf8'));
  const source = await compile(withoutExclusions({ ...schema, title: 'Outcome' }), 'Outcome', {
    additionalProperties: false,
    bannerComment: '// Made by build.mjs from docs/outcome.schema.json.',
    style: { printWidth: 100, singleQuote: true },
  });
  await mkdir(new URL('src/generated/', here), { recursive: true });
  await writeFile(new URL('src/generated/contract.ts', here), source);
}

async function bundle() {
  await build({
    absWorkingDir: new URL('.', here).pathname,
    entryPoints: ['src/extension.ts'],
    outfile: 'dist/extension.js',
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode'],
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  const schema = await readFile(new URL('batch.schema.json', contract));
  await writeFile(new URL('dist/batch.schema.json', here), schema);
}

await types();
if (!process.argv.includes('--types')) {
  await bundle();
}
