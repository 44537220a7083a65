import type { Terminal } from './terminal';
import { clip, oneLine, widthOf } from './text';

/** A text, and how it is coloured. Colours are apart, so that they take no width and what is shown cannot bring its own. */
export interface Cell {
  readonly text: string;
  readonly colour?: (text: string) => string;
}

export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => string | Cell;
  /** Numbers stand to the right, and are never cut: what is left of one is another. */
  readonly isRight?: boolean;
  /** Neither are ids that somebody copies, and times. */
  readonly isWhole?: boolean;
}

const GAP = '  ';
const NARROWEST = 8;

/** Rows under their titles. On a screen the widest columns that may be cut are, until a line fits. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], { colours, width }: Terminal): string {
  const titles = columns.map(({ title }): Cell => ({ text: title, colour: colours.dim }));
  const lines = [titles, ...rows.map((row) => columns.map((column) => cellOf(column.of(row))))];
  const natural = columns.map((_, index) => Math.max(...lines.map((line) => widthOf(line[index]?.text ?? ''))));
  const widths = fit(
    natural,
    columns.map(({ isRight, isWhole }) => isRight !== true && isWhole !== true),
    width,
  );
  return lines
    .map((line) =>
      line
        .map((cell, index) => padded(cell, widths[index] ?? 0, columns[index]?.isRight === true))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

/** Names beside their values, one a line. What is null is left out. */
export function fields(pairs: readonly (readonly [name: string, value: string | Cell | null])[], { colours }: Terminal): string {
  const shown = pairs.flatMap(([name, value]) => (value === null ? [] : [[name, cellOf(value)] as const]));
  const widest = Math.max(...shown.map(([name]) => name.length));
  return shown.map(([name, { text, colour = same }]) => `${colours.dim(name.padEnd(widest))}${GAP}${colour(text)}`).join('\n');
}

function cellOf(cell: string | Cell): Cell {
  return typeof cell === 'string' ? { text: oneLine(cell) } : { ...cell, text: oneLine(cell.text) };
}

function padded({ text, colour = same }: Cell, width: number, isRight: boolean): string {
  const shown = clip(text, width);
  const space = ' '.repeat(Math.max(0, width - widthOf(shown)));
  return isRight ? space + colour(shown) : colour(shown) + space;
}

function fit(natural: readonly number[], mayBeCut: readonly boolean[], width: number): number[] {
  const fitted = [...natural];
  const excess = () => fitted.reduce((sum, one) => sum + one + GAP.length, -GAP.length) - width;
  while (excess() > 0) {
    const cuttable = fitted.map((one, index) => (mayBeCut[index] === true ? one : 0));
    const widest = cuttable.indexOf(Math.max(...cuttable));
    if ((cuttable[widest] ?? 0) <= NARROWEST) break;
    fitted[widest] = (fitted[widest] ?? 0) - 1;
  }
  return fitted;
}

function same(text: string): string {
  return text;
}
