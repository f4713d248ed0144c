import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A folder of the workspace that one test has for itself. */
export class Folder {
  #workspace;
  #name;

  constructor(workspace, name) {
    this.#workspace = workspace;
    this.#name = name;
  }

  /** Writes files, each text under its name; what is no text is written as JSON. */
  async write(files) {
    for (const [name, content] of Object.entries(files)) {
      const file = this.path(name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(
        file,
        typeof content === 'string' ? content : JSON.stringify(content, null, 2),
      );
    }
  }

  /** What a file holds on disk. */
  read(name) {
    return readFileSync(this.path(name), 'utf8');
  }

  /** A file's name in the workspace, as batches and the probe name it. */
  at(name) {
    return path.posix.join(this.#name, name);
  }

  /** A file's absolute path. */
  path(name) {
    return path.join(this.#workspace, this.#name, name);
  }

  /** A batch on these files: for each name its patches. */
  batch(patches, rest = {}) {
    const documents = Object.entries(patches).map(([name, list]) => ({
      uri: this.at(name),
      patches: list,
    }));
    return { ...rest, documents };
  }
}
