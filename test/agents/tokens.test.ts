import { countTokens as countWhole } from 'gpt-tokenizer/encoding/o200k_base';
import fc from 'fast-check';
import { countTokens, piecesOf } from '../../src/agents/tokens';

const PROSE = 'Budgets limit what agents spend, and the ledger decides who may still spend it.\n\n'.repeat(200);

describe('countTokens', () => {
  it.each([
    ['nothing', ''],
    ['a word', 'budget'],
    ['prose of many pieces', PROSE],
    ['words with accents', 'Übergrößenträger façade '.repeat(300)],
  ])('counts %s as the tokenizer does for the whole', (_, text) => {
    expect(countTokens(text)).toBe(countWhole(text));
  });

  it('is off by less than 2 % where no white space helps', () => {
    const text = 'abcdefghij'.repeat(2_000);
    expect(Math.abs(countTokens(text) / countWhole(text) - 1)).toBeLessThan(0.02);
  });

  it('takes special tokens as text', () => {
    expect(countTokens('<|endoftext|>')).toBeGreaterThan(1);
  });

  it('pieces make up the text, and none splits a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 3_000, size: 'max' }), (text) => {
        const pieces = [...piecesOf(text)];
        expect(pieces.join('')).toBe(text);
        expect(pieces.every((piece) => piece !== '' && piece.length <= 512)).toBe(true);
        expect(pieces.some((piece) => /[\uD800-\uDBFF]$/.test(piece))).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
});
