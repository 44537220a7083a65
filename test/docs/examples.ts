import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './pages';

const FOLDER = path.join(ROOT, 'docs/examples');

/** The examples' code, by file. */
export const EXAMPLES: ReadonlyMap<string, string> = new Map(
  readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => [name, readFileSync(path.join(FOLDER, name), 'utf8')]),
);

/** The examples that have all of a block: its paragraphs in their order, each line for line, but for indentation. */
export function examplesWith(block: string, examples = EXAMPLES): string[] {
  const paragraphs = block.trim().split(/\n\n+/).map(linesOf);
  return [...examples].filter(([, code]) => hasAll(linesOf(code), paragraphs)).map(([file]) => file);
}

function hasAll(lines: readonly string[], [first, ...rest]: readonly string[][]): boolean {
  if (first === undefined) return true;
  const at = lines.findIndex((_, index) => first.every((line, offset) => lines[index + offset] === line));
  return at >= 0 && hasAll(lines.slice(at + first.length), rest);
}

function linesOf(code: string): string[] {
  return code.split('\n').map((line) => line.trim());
}

/** Whether a test of the examples is this file, or loads it, maybe by another one. */
export function isRunByTest(file: string): boolean {
  if (file.endsWith('.test.ts')) return true;
  const name = `'./${path.basename(file, '.ts')}'`;
  return [...EXAMPLES].some(
    ([other, code]) => other !== file && path.dirname(other) === path.dirname(file) && code.includes(name) && isRunByTest(other),
  );
}
