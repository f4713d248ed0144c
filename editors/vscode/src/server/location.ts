import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import * as path from 'node:path';

/** Where the program of the server was found. */
export interface ServerLocation {
  readonly path: string;
  readonly source: 'setting' | 'bundled' | 'path';
}

/** What decides where the server is. */
export interface ServerSearch {
  /** The setting `batchpatch.server.path`; empty where it is not set. */
  readonly setting: string;
  /** The folder of the extension, whose `bin` may hold a server. */
  readonly extensionFolder: string;
  /** The environment's `PATH`. */
  readonly searchPath: string;
  /** Whether the user trusts the workspace: if not, only what came with the extension is run. */
  readonly trusted: boolean;
}

const program = process.platform === 'win32' ? 'batchpatch.exe' : 'batchpatch';

/** The server to run, or in words why there is none. */
export function locateServer(search: ServerSearch): ServerLocation | string {
  if (search.trusted && search.setting !== '') {
    return fromSetting(search);
  }
  const bundled = path.join(search.extensionFolder, 'bin', program);
  if (isProgram(bundled)) {
    return { path: bundled, source: 'bundled' };
  }
  if (!search.trusted) {
    return 'This workspace is not trusted, and this build of the extension has no server of its own.';
  }
  const found = onSearchPath(program, search.searchPath);
  return found !== undefined
    ? { path: found, source: 'path' }
    : 'The program “batchpatch” is not on the PATH, and this build of the extension has no server of its own.';
}

function fromSetting({ setting, searchPath }: ServerSearch): ServerLocation | string {
  const expanded = setting.replace(/^~(?=[\\/]|$)/, homedir());
  const found = path.isAbsolute(expanded)
    ? [expanded].find(isProgram)
    : onSearchPath(expanded, searchPath);
  return found !== undefined
    ? { path: found, source: 'setting' }
    : `“${setting}” (setting batchpatch.server.path) is not a program that can be run.`;
}

function onSearchPath(name: string, searchPath: string): string | undefined {
  return searchPath
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, name))
    .find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
