import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

export type Ask = (question: string) => Promise<boolean>;

/** Asks people for a yes: `y` or `yes`. Whatever else they say, an end of the input too, is a no. */
export function askOn(input: Readable, output: Writable): Ask {
  return (question) =>
    new Promise((resolve) => {
      // Not as a terminal: Ctrl-C stays what it is.
      const lines = createInterface({ input, output, terminal: false });
      lines.once('close', () => {
        resolve(false);
      });
      lines.question(`${question} [y/N] `, (answer) => {
        resolve(/^y(es)?$/i.test(answer.trim()));
        lines.close();
      });
    });
}
