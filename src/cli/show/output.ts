import { snakeCase } from './snake-case';
import type { Terminal } from './terminal';

/** What a command says on stdout: in text for people, or as JSON for programs. Everything else goes to stderr. */
export interface Output {
  readonly isJson: boolean;
  readonly terminal: Terminal;
  /** The result: one JSON document, its names in snake case. */
  document(value: object, text: (terminal: Terminal) => string): void;
  /** A list: one JSON object a line. */
  list(rows: readonly object[], text: (terminal: Terminal) => string): void;
  /** What people should know besides, on stderr. */
  readonly note: (line: string) => void;
}

interface Streams {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

export function createOutput(isJson: boolean, terminal: Terminal, { out, err }: Streams): Output {
  return {
    isJson,
    terminal,
    document: (value, text) => {
      out(isJson ? JSON.stringify(snakeCase(value)) : text(terminal));
    },
    list: (rows, text) => {
      if (!isJson) out(text(terminal));
      else for (const row of rows) out(JSON.stringify(snakeCase(row)));
    },
    note: (line) => {
      err(line);
    },
  };
}
