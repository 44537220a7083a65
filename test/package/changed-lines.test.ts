import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './pack';

const FOLDER = path.join(ROOT, 'test/fixtures/consumer');

/** The lines of a file that say something, wherever they are indented to; where a file lies in its folder is not said. */
function linesOf(file: string): string[] {
  const text = readFileSync(path.join(FOLDER, file), 'utf8').replaceAll("'../", "'./");
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** How many lines of `after` are not those of `before`, in their order: changed ones and added ones. */
function changed(before: readonly string[], after: readonly string[]): number {
  let kept = before.map(() => 0);
  for (const line of after) {
    const next: number[] = [];
    for (const [index, old] of before.entries()) {
      const diagonal = (kept[index - 1] ?? 0) + (line === old ? 1 : 0);
      next.push(Math.max(diagonal, kept[index] ?? 0, next[index - 1] ?? 0));
    }
    kept = next;
  }
  return after.length - (kept.at(-1) ?? 0);
}

test.each([
  [['a', 'b', 'c'], ['a', 'b', 'c'], 0],
  [['a', 'b', 'c'], ['a', 'x', 'b', 'c'], 1],
  [['a', 'b', 'c'], ['a', 'x', 'c'], 1],
  [['a', 'b'], ['b', 'a'], 1],
  [[], ['a', 'b'], 2],
])('from %j to %j, %d lines are changed or added', (before, after, count) => {
  expect(changed(before, after)).toBe(count);
});

// The files of the project that the package's test runs, and the same before it knew of budgets.
test('an existing worker and workflow get budgets by at most five changed or added lines', () => {
  const counts = ['worker.ts', 'workflows.ts'].map((file) => changed(linesOf(`before/${file}`), linesOf(file)));
  const worker = counts[0] ?? NaN;
  expect(worker).toBeLessThanOrEqual(2);
  expect(counts.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(5);
  // A line that is only taken away would count for nothing.
  expect(changed(linesOf('worker.ts'), linesOf('before/worker.ts'))).toBe(0);
  expect(changed(linesOf('workflows.ts'), linesOf('before/workflows.ts'))).toBe(1);
});
