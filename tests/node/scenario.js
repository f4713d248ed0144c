import { test } from 'node:test';

import { Peer } from './peer.js';

/** Far more than anything here takes, on any machine. */
const DEADLINE_MS = 30_000;

const words = process.argv.slice(2);

let asked = 0;

/** How many tests have all the words in their names that the command line asks for. */
export const askedFor = () => asked;

/**
 * A test of the peer itself, which needs no server.
 *
 * @param {string} name the rule that it protects
 * @param {() => void | Promise<void>} body
 */
export function rule(name, body) {
  if (!words.every((word) => name.includes(word))) return;
  asked += 1;
  test(name, body);
}

/**
 * One test, with a server and an editor of its own.
 *
 * @param {string} name the rule that it protects
 * @param {object} options of the peer, see `Peer`
 * @param {(peer: Peer) => Promise<void>} body
 */
export function scenario(name, options, body) {
  rule(name, async () => {
    const peer = new Peer(options);
    try {
      await inTime(lifeOf(peer, body));
    } catch (error) {
      console.error(`${name}: the conversation was\n${peer.transcript}`);
      throw error;
    } finally {
      peer.kill();
    }
  });
}

async function lifeOf(peer, body) {
  await peer.initialize();
  await body(peer);
  await peer.finish();
}

/** A server that never says what is waited for is a failure, not a test without end. */
async function inTime(work) {
  let timer;
  const over = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('waited in vain')), DEADLINE_MS);
  });
  await Promise.race([work, over]).finally(() => clearTimeout(timer));
}
