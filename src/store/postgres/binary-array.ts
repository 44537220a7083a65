const OID = { text: 25, json: 114, jsonb: 3802, bigint: 20, boolean: 16, 'double precision': 701 } as const;

/** The column types that the ledger writes in bulk. */
export type ColumnType = keyof typeof OID;
export type Cell = string | number | boolean | null;

const HEADER_BYTES = 20;
const TWO_TO_32 = 2 ** 32;

/**
 * A column of rows as PostgreSQL's array in its binary form, which neither side has to quote or parse: written by `insert ... select
 * from unnest`, a hold takes half the CPU time that it takes by jsonb_populate_recordset (docs/decisions.md). Cells of json and
 * jsonb are their text.
 */
export function binaryArray(type: ColumnType, cells: readonly Cell[]): Buffer {
  const buffer = Buffer.allocUnsafe(cells.reduce((bytes: number, cell) => bytes + mostBytesOf(cell), HEADER_BYTES));
  buffer.writeInt32BE(1, 0); // dimensions
  buffer.writeInt32BE(cells.includes(null) ? 1 : 0, 4);
  buffer.writeInt32BE(OID[type], 8);
  buffer.writeInt32BE(cells.length, 12);
  buffer.writeInt32BE(1, 16); // the first one's index
  let offset = HEADER_BYTES;
  for (const cell of cells) offset = writeCell(buffer, offset, type, cell);
  return buffer.subarray(0, offset);
}

// A UTF-16 unit is at most three bytes of UTF-8: to count them would take as long as to write them.
function mostBytesOf(cell: Cell): number {
  return typeof cell === 'string' ? 5 + 3 * cell.length : 12;
}

function writeCell(buffer: Buffer, start: number, type: ColumnType, cell: Cell): number {
  const offset = start + 4;
  const end = cell === null ? offset : offset + writeValue(buffer, offset, type, cell);
  buffer.writeInt32BE(cell === null ? -1 : end - offset, start);
  return end;
}

function writeValue(buffer: Buffer, offset: number, type: ColumnType, value: string | number | boolean): number {
  if (typeof value === 'string') {
    if (type !== 'jsonb') return buffer.write(value, offset);
    buffer[offset] = 1; // the version of the format
    return 1 + buffer.write(value, offset + 1);
  }
  if (typeof value === 'boolean') {
    buffer[offset] = value ? 1 : 0;
    return 1;
  }
  if (type === 'double precision') {
    buffer.writeDoubleBE(value, offset);
    return 8;
  }
  // Safe integers, in halves: a BigInt for each would cost ten times as much.
  const high = Math.floor(value / TWO_TO_32);
  buffer.writeInt32BE(high, offset);
  buffer.writeUInt32BE(value - high * TWO_TO_32, offset + 4);
  return 8;
}
