import type { Block } from './pages';

const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z/;
const MINUTE = /\d{4}-\d\d-\d\d \d\d:\d\dZ/;
const UUID = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/;
const TOKEN = /ab_[\w-]+/;
/** What is another each time. */
const VARYING = [INSTANT, MINUTE, UUID, TOKEN];
/** What depends on the document that the sample reads. */
const FIGURES = [/\$[\d.]+/, /\d+ tokens in, \d+ out/, /\d+%/];

/** Compares what a page shows with what a command said. Throws an error that shows both. */
export function assertShown(shown: Block, said: string, { isSample = false } = {}): void {
  const isRight = shown.language === 'json' ? isShownJson(JSON.parse(shown.text), jsonIn(said)) : isShownText(shown.text, said, isSample);
  if (!isRight) throw new Error(`${shown.page}:${String(shown.line)} shows\n${shown.text}\nbut the command said\n${said}`);
}

/** What is shown of an answer: some of its fields, each as it is but for what varies. */
export function isShownJson(shown: unknown, real: unknown): boolean {
  if (typeof shown === 'string') return typeof real === 'string' && patternOf(shown, VARYING).test(real);
  if (typeof shown !== 'object' || shown === null) return shown === real;
  if (typeof real !== 'object' || real === null || Array.isArray(shown) !== Array.isArray(real)) return false;
  if (Array.isArray(shown) && shown.length !== (real as unknown[]).length) return false;
  return Object.entries(shown).every(([name, value]) => isShownJson(value, (real as Record<string, unknown>)[name]));
}

/** Line for line; a line `...` is any lines, and `...` in a line anything. */
export function isShownText(shown: string, said: string, isSample: boolean): boolean {
  const wanted = linesOf(shown);
  const lines = linesOf(said);
  const patterns = wanted.map((line) => (line.trim() === '...' ? null : patternOf(line, isSample ? [...VARYING, ...FIGURES] : VARYING)));
  const fits = (w: number, l: number): boolean => {
    const pattern = patterns[w];
    if (pattern === undefined) return l === lines.length;
    if (pattern === null) return fits(w + 1, l) || (l < lines.length && fits(w, l + 1));
    return l < lines.length && pattern.test(lines[l] ?? '') && fits(w + 1, l + 1);
  };
  return fits(0, 0);
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

function patternOf(shown: string, varying: readonly RegExp[]): RegExp {
  const open = [...varying, /\.\.\./, / +/];
  const parts = shown.trim().split(new RegExp(`(${open.map(({ source }) => source.replaceAll(/\((?!\?)/g, '(?:')).join('|')})`));
  const source = parts.map((part) => {
    if (part === '...') return '.*';
    if (/^ +$/.test(part)) return ' +';
    const varies = varying.find((pattern) => new RegExp(`^(${pattern.source})$`).test(part));
    return varies === undefined ? part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`) : `(${varies.source})`;
  });
  return new RegExp(`^ *${source.join('')} *$`, 's');
}

function jsonIn(said: string): unknown {
  try {
    return JSON.parse(said);
  } catch {
    return said;
  }
}
