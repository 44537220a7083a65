/** A message that arrived, for some recipients of an email perhaps not. */
export interface Sent {
  /** Who was refused for good (5xx) while others have it, with the server's words: `ann@acme.example (550 No such user)`. */
  readonly refused: readonly string[];
  /** Whom the server takes only later (4xx) while others have it: send it once more, to them alone. */
  readonly deferred: readonly { readonly recipient: string; readonly answer: string }[];
}

export const SENT_TO_ALL: Sent = { refused: [], deferred: [] };

/** What there is to know of it; null when all is well. */
export function noteOf({ refused, deferred }: Sent): string | null {
  const later = deferred.map(({ recipient, answer }) => `${recipient} (${answer})`);
  const notes = [
    ...(refused.length === 0 ? [] : [`Refused for good: ${refused.join(', ')}`]),
    ...(later.length === 0 ? [] : [`To be sent again: ${later.join(', ')}`]),
  ];
  return notes.length === 0 ? null : notes.join('; ');
}
