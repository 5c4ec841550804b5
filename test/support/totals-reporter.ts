/** Ends a run with one line that says it all, for people and for scripts. */
import type { Reporter, TestModule } from 'vitest/node';

export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const sum = (count: (module: TestModule) => number) => modules.map(count).reduce((a, b) => a + b, 0);
    const passed = sum((module) => tests(module, 'passed'));
    // A file that could not even be loaded has no test that failed, and must not pass for that.
    const failed = sum((module) => tests(module, 'failed') || Number(module.state() === 'failed'));
    const skipped = sum((module) => tests(module, 'skipped'));
    const total = `${passed} passed, ${failed + unhandledErrors.length} failed`;
    console.log(skipped > 0 ? `${total}, ${skipped} skipped` : total);
  }
}

const tests = ({ children }: TestModule, state: 'passed' | 'failed' | 'skipped') =>
  [...children.allTests(state)].length;
