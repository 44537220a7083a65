import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { SetupError } from '../contract/setup-error';

const LARGEST_INPUT_BYTES = 1_000_000;

export interface StartOptions {
  /** The document that the sample agent reads. */
  readonly document: string;
  readonly title: string;
  readonly isJson: boolean;
}

/** Reads `--input FILE` and `--json`. Throws SetupError for anything else, and for a file that cannot be read. */
export function parseOptions(args: readonly string[], defaultInput: string): StartOptions {
  const { input, json } = parsed(args);
  const file = input ?? defaultInput;
  return { document: readDocument(file), title: path.basename(file), isJson: json };
}

function parsed(args: readonly string[]): { input?: string | undefined; json: boolean } {
  try {
    const { values } = parseArgs({ args: [...args], options: { input: { type: 'string' }, json: { type: 'boolean', default: false } } });
    return values;
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : String(error)}. Usage: npm start -- [--input FILE] [--json]`);
  }
}

function readDocument(file: string): string {
  const bytes = readOrRefuse(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new SetupError(`${file} is not UTF-8 text. Convert it first.`);
  }
}

function readOrRefuse(file: string): Buffer {
  try {
    const { size } = statSync(file);
    if (size > LARGEST_INPUT_BYTES)
      throw new SetupError(`${file} has ${String(size)} bytes; --input takes up to ${String(LARGEST_INPUT_BYTES)}.`);
    return readFileSync(file);
  } catch (error) {
    if (error instanceof SetupError) throw error;
    throw new SetupError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}). Name a file with --input.`);
  }
}
