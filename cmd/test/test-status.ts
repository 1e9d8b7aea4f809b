/** What became of a run, a file, a whole test. */

/** `error`: it could not be carried out. `fail`: what it asserts does not hold. */
export type TestStatus = 'pass' | 'skip' | 'fail' | 'error';

const ORDER: readonly TestStatus[] = ['skip', 'pass', 'fail', 'error'];

export function worse(a: TestStatus, b: TestStatus): TestStatus {
  return ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b;
}

export type TestCounts = Readonly<Record<TestStatus, number>>;

export function countStatuses(statuses: readonly TestStatus[]): TestCounts {
  const count = (status: TestStatus) => statuses.filter((each) => each === status).length;
  return { pass: count('pass'), skip: count('skip'), fail: count('fail'), error: count('error') };
}

/** `Success! 2 passed, 0 failed.` without its first word. */
export function countsText({ pass, fail, error, skip }: TestCounts): string {
  return `${pass} passed, ${fail + error} failed${skip > 0 ? `, ${skip} skipped` : ''}.`;
}
