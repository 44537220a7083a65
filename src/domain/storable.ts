/** Whether a text can be kept as it is: PostgreSQL takes no NUL, and no half of a character. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && !/\p{Surrogate}/u.test(text);
}
