// Prints "N passed, N failed" from the report that the test runner wrote; a test file that could not even be loaded
// counts as one failure. Exits non-zero when there is no report: then nothing has run.
import { readFileSync } from 'node:fs';

function counts(report) {
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  const failed = report.numFailedTests + unloaded.length;
  const skipped = report.numPendingTests + (report.numTodoTests ?? 0);
  return `${report.numPassedTests} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
}

try {
  console.log(counts(JSON.parse(readFileSync(process.argv[2], 'utf8'))));
} catch (error) {
  console.error(`There is no report of the tests: ${error.message}`);
  console.log('0 passed, 0 failed');
  process.exitCode = 1;
}
