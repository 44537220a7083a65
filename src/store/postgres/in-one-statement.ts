import type { Statement } from './connection';

/** A statement that can be a part of another. Its name is a few letters. */
export type Part = Required<Statement>;

const texts = new Map<string, string>();

/**
 * Several statements as one: each a part of its `with`, all of them done or none, and with one answer; `check` is selected from what
 * the first returns. They must write different rows. In one, a batch of 32 operations takes a third less of the database's time than in
 * a transaction of seven, each with messages of its own.
 */
export function inOneStatement(parts: readonly Part[], check: string): Part {
  const name = `in_one_${parts.map((part) => part.name).join('')}`;
  const text = texts.get(name) ?? textOf(parts, check);
  texts.set(name, text);
  return { name, text, values: parts.flatMap(({ values }) => values) };
}

function textOf(parts: readonly Part[], check: string): string {
  let offset = 0;
  const withs = parts.map(({ text, values }, index) => {
    const before = offset;
    offset += values.length;
    return `part_${String(index)} as (${text.replace(/\$(\d+)/g, (_, number: string) => `$${String(before + Number(number))}`)})`;
  });
  return `with ${withs.join(', ')} select ${check} from part_0`;
}
