import { countTokens as countPiece } from 'gpt-tokenizer/encoding/o200k_base';

/**
 * The tokenizer's time grows with the square of a run without breaks (30,000 times `a`: 260 ms), so texts are counted in pieces:
 * at this size 1 MB of any script takes under 1 s, and plain prose 30 ms.
 */
const PIECE_LENGTH = 512;

const BETWEEN_WORDS = /^[\p{L}\p{N}] \p{L}/u;

/** Callers' texts may name special tokens, which are then just text. */
const AS_TEXT = { disallowedSpecial: new Set<string>() };

/** Counts the tokens of a text (o200k, GPT-4o and later); pieces are cut at white space, so the sum is the whole's. */
export function countTokens(text: string): number {
  let tokens = 0;
  for (const piece of piecesOf(text)) tokens += countPiece(piece, AS_TEXT);
  return tokens;
}

/** The text in pieces of so many UTF-16 units at most (512 unless told), cut before white space where there is any, and never inside a character. */
export function* piecesOf(text: string, pieceLength = PIECE_LENGTH): Generator<string> {
  for (let start = 0; start < text.length;) {
    const end = pieceEnd(text, start, pieceLength);
    yield text.slice(start, end);
    start = end;
  }
}

function pieceEnd(text: string, start: number, pieceLength: number): number {
  const limit = start + pieceLength;
  if (limit >= text.length) return text.length;
  // A space belongs to the word after it, so the cut comes between two words, before the space.
  for (let end = limit; end > start + pieceLength / 2; end -= 1) {
    if (BETWEEN_WORDS.test(text.slice(end - 1, end + 2))) return end;
  }
  const splitsPair = /[\uD800-\uDBFF]/.test(text.charAt(limit - 1));
  return splitsPair ? limit - 1 : limit;
}
