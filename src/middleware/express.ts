import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { createGuard, type Guard } from './guard';
import type { GuardedWork } from './guarded-work';
import type { GuardOptions } from './options';

export type { GuardedWork } from './guarded-work';
export type { GuardLedger, GuardOptions } from './options';

/**
 * Puts the handlers after it under a budget. It reserves before them: a denial answers 402 with the reason, an outage of the ledger
 * 503, a key that was used 409, each as application/problem+json, and no handler runs. Then it keeps the hold alive, and charges
 * once the response has ended:
 *
 * - what the handler reported: `response.locals.budget.report(costUsd)`;
 * - nothing, where it said `nothingSpent()`: neither cost nor execution count;
 * - else, of a response below 400, the estimate, flagged; of 400 and above, what the organization's policy says of failures
 *   (nothing, by default); where the client went away, what it says of unconfirmed work (the estimate, flagged).
 */
export function budgetGuard(options: GuardOptions<Request>): RequestHandler & Pick<Guard<Request>, 'idle'> {
  const guard = createGuard(options, (request: Request) => request.get('idempotency-key'));
  const guarded = async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    const admission = await guard.admit(request);
    if (admission.status === 'refused') {
      const { status, headers, body } = admission.problem;
      response.status(status).set(headers).end(body);
      return;
    }
    const { work } = admission;
    if (response.closed) {
      work.end('unstarted');
      return;
    }
    response.once('finish', () => {
      work.end(response.statusCode < 400 ? 'answered' : 'failed');
    });
    response.once('close', () => {
      work.end('abandoned');
    });
    response.locals['budget'] = work;
    next();
  };
  // Express 4 does not look at what a handler returns.
  const handler: RequestHandler = (request, response, next) => {
    guarded(request, response, next).catch(next);
  };
  return Object.assign(handler, { idle: () => guard.idle() });
}

/** The typed `response.locals.budget`. Throws where no guard ran before. */
export function budgetOf(response: Pick<Response, 'locals'>): GuardedWork {
  const work = response.locals['budget'] as GuardedWork | undefined;
  if (work === undefined) throw new Error('No budgetGuard ran before this handler');
  return work;
}
