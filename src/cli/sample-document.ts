import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { SetupError } from '../contract/setup-error';

const LARGEST_INPUT_BYTES = 1_000_000;

/** The document that the sample agent reads. */
export interface SampleDocument {
  readonly document: string;
  readonly title: string;
}

/** Reads a file of UTF-8 text. Throws SetupError for one that cannot be read. */
export function sampleDocument(file: string): SampleDocument {
  return { document: readDocument(file), title: path.basename(file) };
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
