import { DomainErrorCode } from '../../domain/errors';

/** The `type` of every ApplicationFailure that this project throws; agents add their own codes (see AgentFailureCode). */
export const FailureType = {
  ...DomainErrorCode,
  ledgerUnavailable: 'ledger_unavailable',
  outputTooLarge: 'AgentOutputTooLarge',
  budgetsNotClosed: 'BudgetsNotClosed',
  alertNotSent: 'AlertNotSent',
  alertTaken: 'AlertTaken',
  cancelled: 'Cancelled',
  interrupted: 'AttemptInterrupted',
  unexpected: 'UnexpectedError',
} as const;
