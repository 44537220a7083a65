/** Too common to say what a text is about. */
const COMMON_WORDS = new Set(
  (
    'a about after all also an and any are as at be because been before but by can could did do does for from had has have he her his how i if in ' +
    'into is it its may more most no not of on one only or other our out over she should so some such than that the their them then there these ' +
    'they this those to under up use was we were what when where which while who will with would you your'
  ).split(' '),
);
/** A word, or one character of a script that writes without spaces. */
const WORD = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}]+/gu;
const FEWEST_WORDS = 5;
const MOST_WORDS = 60;

/** A sentence with its words, counted for scoring. */
export interface Sentence {
  readonly text: string;
  readonly words: readonly string[];
}

export function sentence(text: string): Sentence {
  const words = (text.toLowerCase().match(WORD) ?? []).filter((word) => !COMMON_WORDS.has(word));
  return { text, words };
}

/** The `count` sentences that say most of what a text says, by the frequency of their words, in the order of the text. */
export function keySentences(sentences: readonly Sentence[], count: number): string[] {
  const frequency = new Map<string, number>();
  for (const { words } of sentences) for (const word of words) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  const scored = sentences.map(({ text, words }, position) => ({ text, position, score: scoreOf(words, position, frequency) }));
  const seen = new Set<string>();
  return scored
    .sort((a, b) => b.score - a.score || a.position - b.position)
    .filter(({ text }) => !seen.has(text) && seen.add(text).size <= count)
    .sort((a, b) => a.position - b.position)
    .map(({ text }) => text);
}

function scoreOf(words: readonly string[], position: number, frequency: ReadonlyMap<string, number>): number {
  if (words.length === 0) return 0;
  const weight = words.reduce((sum, word) => sum + Math.log1p(frequency.get(word) ?? 0), 0) / words.length;
  // Fragments score high by chance and very long sentences are lists; what comes first usually says what the rest is about.
  const length = words.length < FEWEST_WORDS || words.length > MOST_WORDS ? 0.3 : 1;
  return weight * length * (1 + 0.5 / (1 + position));
}
