const CONTROLS = /[\p{Cc}\u{200e}\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}]+/gu;
const CONTROLS_BUT_BREAKS = /[^\P{Cc}\n\t]|[\u{200e}\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}]/gu;
const WIDE =
  /^[\u{1100}-\u{115f}\u{2e80}-\u{a4cf}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff00}-\u{ff60}\u{ffe0}-\u{ffe6}]|\p{Emoji_Presentation}/u;
const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** One line of harmless text: agents, receivers and callers must not be able to steer the reader's terminal. */
export function oneLine(text: string): string {
  return text.replace(CONTROLS, ' ').trim();
}

/** The same for text of several lines. */
export function harmless(text: string): string {
  return text.replace(CONTROLS_BUT_BREAKS, '\u{fffd}');
}

/** How many columns a text takes on a terminal. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of characters.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/** The text in at most so many columns, with an ellipsis where something was cut. */
export function clip(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let used = 1;
  for (const { segment } of characters.segment(text)) {
    used += widthOf(segment);
    if (used > width) break;
    kept += segment;
  }
  return `${kept}…`;
}
