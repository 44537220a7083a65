import type { Context, Env, MiddlewareHandler } from 'hono';
import { createGuard, type Guard } from './guard';
import type { GuardedWork } from './guarded-work';
import { observedBody } from './observed-body';
import type { GuardOptions } from './options';

export type { GuardedWork } from './guarded-work';
export type { GuardLedger, GuardOptions } from './options';

/** What handlers behind a guard have: `c.get('budget')`. */
export interface BudgetVariables {
  budget: GuardedWork;
}

/**
 * Puts the handlers after it under a budget. It reserves before them: a denial answers 402 with the reason, an outage of the ledger
 * 503, a key that was used 409, each as application/problem+json, and no handler runs. Then it keeps the hold alive, and charges
 * once the response, streamed or not, has ended:
 *
 * - what the handler reported: `c.get('budget').report(costUsd)`;
 * - nothing, where it said `nothingSpent()`: neither cost nor execution count;
 * - else, of a response below 400, the estimate, flagged; of an error, or 400 and above, what the organization's policy says of
 *   failures (nothing, by default); where the client went away, what it says of unconfirmed work (the estimate, flagged).
 */
export function budgetGuard<E extends Env = Env>(
  options: GuardOptions<Context<E>>,
): MiddlewareHandler<{ Variables: BudgetVariables }> & Pick<Guard<unknown>, 'idle'> {
  const guard = createGuard(options, (c: Context<E>) => c.req.header('idempotency-key'));
  const handler: MiddlewareHandler<{ Variables: BudgetVariables }> = async (c, next) => {
    const { signal } = c.req.raw;
    const admission = await guard.admit(c as unknown as Context<E>);
    if (admission.status === 'refused') return new Response(admission.problem.body, admission.problem);
    const { work } = admission;
    if (signal.aborted) {
      work.end('unstarted');
      return new Response(null, { status: 499 });
    }
    signal.addEventListener('abort', () => {
      work.end('abandoned');
    });
    c.set('budget', work);
    try {
      await next();
    } catch (error) {
      work.end('failed');
      throw error;
    }
    const ending = c.error === undefined && c.res.status < 400 ? 'answered' : 'failed';
    const { response, isBeingTaken } = observedBody(c.res, (isComplete) => {
      work.end(isComplete ? ending : 'abandoned');
    });
    c.res = response;
    work.answerWhile(isBeingTaken, ending);
    return undefined;
  };
  return Object.assign(handler, { idle: () => guard.idle() });
}
