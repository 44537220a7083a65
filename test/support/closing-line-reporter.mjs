import { writeSync } from 'node:fs';

/** Ends the output with `N passed, N failed`. On exit, because jest prints its own summary after it has told its reporters. */
export default class ClosingLineReporter {
  #results;
  #isComplete = false;

  constructor() {
    process.on('exit', (code) => {
      const { passed, failed, skipped } = this.#counts(code);
      if (passed + failed === 0) process.exitCode = 1;
      writeSync(1, `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
    });
  }

  onTestResult(_test, _result, results) {
    this.#results = results;
  }

  onRunComplete(_contexts, results) {
    this.#results = results;
    this.#isComplete = true;
  }

  // A suite that could not run has no tests to count, yet it failed; and no run that went wrong may close with 0 failed.
  #counts(exitCode) {
    const {
      numPassedTests = 0,
      numFailedTests = 0,
      numRuntimeErrorTestSuites = 0,
      numPendingTests = 0,
      numTodoTests = 0,
    } = this.#results ?? {};
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    const wentWrong = exitCode !== 0 || !this.#isComplete || Boolean(this.#results.runExecError);
    return { passed: numPassedTests, failed: wentWrong ? Math.max(failed, 1) : failed, skipped: numPendingTests + numTodoTests };
  }
}
