// oxlint-disable import/no-default-export -- Vitest loads a reporter by its default export
// A reporter that names the tests which passed only when they were tried again: they are debts, not successes.
export default class Flaky {
  #names = [];

  onTestCaseResult(test) {
    const diagnostic = test.diagnostic();
    if (diagnostic?.flaky)
      this.#names.push(`${test.module.relativeModuleId}: ${test.fullName} (${diagnostic.retryCount + 1} tries)`);
  }

  onTestRunEnd() {
    if (this.#names.length > 0) console.log(`passed only when tried again:\n  ${this.#names.join('\n  ')}`);
  }
}
