import type { TemporaryRaise } from '../../domain/budget';
import { ZERO } from '../../domain/money';
import { changeBudget } from '../../store/change-budget';
import { command } from '../args/command';
import { instant, toggle, usd, whole } from '../args/flag';
import { UsageError } from '../args/usage-error';
import { ExitCode } from '../exit-code';
import { budgetText } from '../views/budget-text';
import { budgetView } from '../views/budget-view';
import { notFound, organization } from './common';

const runs = (meaning: string) => whole(meaning, 0, Number.MAX_SAFE_INTEGER);

export const raise = command({
  name: 'budgets raise',
  summary: 'allow more for a while; it ends by itself',
  operands: ['BUDGET'],
  flags: {
    org: organization,
    monthly: usd('added to the monthly limit'),
    daily: usd('added to the daily limit'),
    'monthly-executions': runs('added to the runs of a month'),
    'daily-executions': runs('added to the runs of a day'),
    until: instant('when it ends; default: with the running month'),
    end: toggle('end the raise that is in force now'),
  },
  examples: [
    ['agent-budget budgets raise acme-monthly --org acme --monthly 50', '50 USD more until the month ends'],
    ['agent-budget budgets raise acme-monthly --org acme --monthly 50 --daily 20 --until 12h', 'for twelve hours'],
    ['agent-budget budgets raise acme-monthly --org acme --end', 'takes it back'],
  ],
  notes: ['One raise at a time: a new one takes the place of the one before. Limits that are unlimited stay so.'],
  run: async (context, { org, until, end, ...by }, [budgetId = '']) => {
    const wanted: TemporaryRaise = {
      monthlyMicroUsd: by.monthly ?? ZERO,
      dailyMicroUsd: by.daily ?? ZERO,
      monthlyExecutions: by['monthly-executions'] ?? 0,
      dailyExecutions: by['daily-executions'] ?? 0,
      until: until ?? null,
    };
    const isRaise = [by.monthly, by.daily, by['monthly-executions'], by['daily-executions']].some((amount) => amount !== undefined);
    if (isRaise === end) throw new UsageError('Say by how much (--monthly, --daily, --monthly-executions, --daily-executions), or --end.');
    if (until !== undefined && until <= Date.now()) throw new UsageError('--until is over: name a later time.');
    const store = await context.store();
    const kept = await changeBudget(store, Date.now, async () => {
      const existing = await store.budget(org, budgetId);
      if (existing === undefined) throw notFound('budget', budgetId, org);
      return { budget: { ...existing, raise: end ? null : wanted }, replaces: existing };
    });
    const view = budgetView(kept);
    context.output.document(view, (terminal) => budgetText(view, terminal));
    return ExitCode.ok;
  },
});
