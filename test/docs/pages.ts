import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.join(__dirname, '../..');

/** The README and the pages beside it, by their paths from the root. */
export const PAGES: readonly string[] = [
  'README.md',
  ...readdirSync(path.join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** A fenced block. */
export interface Block {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

export function textOf(page: string): string {
  return readFileSync(path.join(ROOT, page), 'utf8');
}

export function blocksOf(page: string, text = textOf(page)): Block[] {
  const fences = text.match(/^[ \t>]*(```|~~~)/gm) ?? [];
  const blocks = [...text.matchAll(/^```(.*)\n([^]*?)^```$/gm)].map(({ 1: language = '', 2: block = '', index }) => ({
    page,
    line: text.slice(0, index).split('\n').length,
    language,
    text: block,
  }));
  if (fences.length !== 2 * blocks.length) throw new Error(`${page} has fences that are no block at the margin, which no rule covers`);
  return blocks;
}

/** Commands that start containers, which no test runs. */
export function isOfContainers({ language, text }: Block): boolean {
  return language === 'sh' && text.startsWith('# containers\n');
}

/** Commands that the continuous integration runs by itself, with numbers of its own. */
export function isOfIntegration({ language, text }: Block): boolean {
  const withoutNumbers = (commands: string) => commands.replaceAll(/\d+/g, 'N');
  const integration = withoutNumbers(readFileSync(path.join(ROOT, '.ci/run'), 'utf8'));
  return language === 'sh' && integration.includes(`\n${withoutNumbers(text)}`);
}

export function isOfCommands(block: Block): boolean {
  return block.language === 'sh' && !isOfContainers(block) && !isOfIntegration(block);
}

/** A block of commands, and what the page says that it prints. */
export interface Step {
  readonly commands: Block;
  readonly shown: Block | null;
}

export function stepsOf(page: string): Step[] {
  const blocks = blocksOf(page);
  return blocks.flatMap((commands, index) => {
    if (!isOfCommands(commands)) return [];
    const next = blocks[index + 1];
    return [{ commands, shown: next !== undefined && ['', 'json'].includes(next.language) ? next : null }];
  });
}
