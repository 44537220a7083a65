/** Temporal takes summaries of 400 bytes, and refuses a command with a longer one for ever. */
const MOST_BYTES = 300;

/** A summary cut to what Temporal takes; a character beyond ASCII is counted as the 3 bytes that it takes at most per unit. */
export function summaryOf(text: string): string {
  let bytes = 0;
  for (let at = 0; at < text.length; at += 1) {
    bytes += text.charCodeAt(at) < 128 ? 1 : 3;
    if (bytes > MOST_BYTES) return `${text.slice(0, at).replace(/[\uD800-\uDBFF]$/, '')}…`;
  }
  return text;
}
