// Runs the scenarios, and with words only those whose names contain them all:
//
//   node editors/vscode/tests/run.js [WORDS…]
//
// What it needs of the environment is set by scripts/test-vscode.

import './scenarios/commands.js';
import './scenarios/applying.js';
import './scenarios/documents.js';
import './scenarios/rejection.js';
import './scenarios/review.js';
import './scenarios/saving.js';
import './scenarios/undoing.js';
import './scenarios/status_bar.js';
import './scenarios/api.js';
import './scenarios/schema.js';
import './scenarios/links.js';
import './scenarios/server.js';
import './scenarios/packaging.js';
import './scenarios/readme.js';
import { askedFor } from './scenario.js';

if (askedFor() === 0) {
  console.error('no test has these words in its name');
  process.exitCode = 1;
}
