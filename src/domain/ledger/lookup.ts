import { DomainError, DomainErrorCode } from '../errors';
import { HoldState, type Attempt, type Hold } from './hold';
import type { Rows } from './rows';

/** The hold of a key that was reserved. Throws HoldNotFound where nothing ever was. */
export function holdOf(rows: Rows, key: string): Hold {
  const hold = rows.hold(key);
  if (hold === undefined || hold.state === HoldState.barred) {
    throw new DomainError(DomainErrorCode.holdNotFound, `No hold has the key ${key}`);
  }
  return hold;
}

/** The same, for what only a granted key can do. Throws HoldDenied too. */
export function grantedHoldOf(rows: Rows, key: string): Hold {
  const hold = holdOf(rows, key);
  if (hold.state === HoldState.denied) {
    throw new DomainError(
      DomainErrorCode.holdDenied,
      `The reserve of ${key} was denied: there is no hold to charge. Record unheld costs with a charge`,
    );
  }
  return hold;
}

export function attemptOf(hold: Hold, attemptId: string): Attempt {
  const attempt = hold.attempts.find((other) => other.attemptId === attemptId);
  if (attempt === undefined) throw new DomainError(DomainErrorCode.attemptNotFound, `Hold ${hold.key} has no attempt ${attemptId}`);
  return attempt;
}
