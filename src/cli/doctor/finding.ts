/** What a check found: ok; warn: works, but somebody should know; fail: something will not work. */
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly finding: string;
  /** What to do about it; null where nothing is to be done. */
  readonly advice: string | null;
}

export function ok(check: string, finding: string): Finding {
  return { check, state: 'ok', finding, advice: null };
}

export function warn(check: string, finding: string, advice: string): Finding {
  return { check, state: 'warn', finding, advice };
}

export function fail(check: string, finding: string, advice: string): Finding {
  return { check, state: 'fail', finding, advice };
}

export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A refused connection to a name with several addresses has a code, and no message.
  return error.message === '' ? ((error as NodeJS.ErrnoException).code ?? error.name) : error.message;
}
