// Answers what the tests ask over a socket, and tells the state again whenever something changes.

const net = require('node:net');
const vscode = require('vscode');

const { actionsWith } = require('./actions.js');
const { observe } = require('./state.js');

exports.activate = async (context) => {
  const socket = net.connect(process.env.BATCHPATCH_PROBE);
  context.subscriptions.push({ dispose: () => socket.destroy() });
  const send = (message) => socket.write(`${JSON.stringify(message)}\n`);

  const batchpatch = await vscode.extensions.getExtension('batchpatch.batchpatch').activate();
  context.subscriptions.push(observe(batchpatch, (state) => send({ state })));

  const actions = actionsWith(batchpatch);
  let rest = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    lines.map((line) => JSON.parse(line)).forEach(answer);
  });

  async function answer({ id, action, values }) {
    try {
      send({ id, result: await actions[action](...values) });
    } catch (error) {
      send({ id, error: String(error?.stack ?? error) });
    }
  }
};
