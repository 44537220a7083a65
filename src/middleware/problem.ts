import { DomainError, DomainErrorCode } from '../domain/errors';
import type { Reservation } from '../governance';
import { LedgerClosed, LedgerUnavailable } from '../store/ledger-unavailable';

/** Why the work does not run, by RFC 9457. */
export interface Problem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const RETRY_AFTER_SECONDS = '5';

/** What a client learns of a denial: its reason, not the budget's figures. */
export function problemOfDenial({ reason, denial }: Pick<Reservation, 'reason' | 'denial'>): Problem {
  return problem(402, 'Budget exceeded', reason, { code: denial?.code ?? null, resets_at: denial?.resetsAt ?? null });
}

export function problemOfUsedKey(key: string): Problem {
  return problem(409, 'Key already used', `A request with the key ${key} runs or has run, and must not run again. Use a new key`);
}

/** The answer to an error of the ledger; null for one that is none of its own. An outage is neither an "allowed" nor a denial. */
export function problemOfError(error: unknown): Problem | null {
  if (error instanceof LedgerUnavailable || error instanceof LedgerClosed) {
    const answer = problem(503, 'Budget ledger unavailable', 'The budget could not be checked, so nothing ran. Try again');
    return { ...answer, headers: { ...answer.headers, 'retry-after': RETRY_AFTER_SECONDS } };
  }
  if (!(error instanceof DomainError)) return null;
  return problem(error.code === DomainErrorCode.keyConflict ? 409 : 400, error.code, error.message);
}

function problem(status: number, title: string, detail: string, more: object = {}): Problem {
  const body = JSON.stringify({ title, status, detail, ...more });
  return { status, headers: { 'content-type': 'application/problem+json' }, body };
}
