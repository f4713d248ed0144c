// Runs the scenarios, and with words only those whose names contain them all:
//
//   node tests/node/run.js [WORDS…]

import './scenarios/wire_rules.js';
import './scenarios/applying.js';
import './scenarios/compensation.js';
import './scenarios/rebase.js';
import './scenarios/undo.js';
import './scenarios/receipts.js';
import './scenarios/progress.js';
import './scenarios/silence.js';
import './scenarios/closing.js';
import { askedFor } from './scenario.js';

if (askedFor() === 0) {
  console.error('no test has these words in its name');
  process.exitCode = 1;
}
