/** Ends a vitest run with the one line `N passed, N failed, N skipped`, and under CI=true counts a skip as a failure. */
export default class ClosingLine {
  onTestRunEnd(modules, unhandledErrors) {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      const states = [...module.children.allTests()].map((test) => test.result().state);
      for (const state of states) count[state === 'pending' ? 'failed' : state] += 1;
      if (module.state() === 'failed' && !states.includes('failed')) count.failed += 1; // a file that did not load
    }
    if (process.env.CI === 'true' && count.skipped > 0) process.exitCode = 1;
    process.once('exit', () => console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`));
  }
}
