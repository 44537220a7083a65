import { LEAST_RETENTION_DAYS, latestPruning, prunedBefore } from '../../domain/retention';
import { prunePages, type PrunedCounts } from '../../store/prune-pages';
import { command } from '../args/command';
import { span } from '../args/flag';
import { UsageError } from '../args/usage-error';
import type { Context } from '../context';
import { ExitCode, NotFound } from '../exit-code';
import { counted, when } from '../show/format';

const ALERTS_PAGE = 500;

export const prune = command({
  name: 'prune',
  summary: 'reduce what is old to sums; workers do it by themselves, about hourly',
  operands: ['[ORG...]'],
  flags: { keep: span('how long settled holds, entries and alerts are kept; default AGENT_BUDGET_RETENTION_DAYS') },
  examples: [
    ['agent-budget prune', 'all organizations, as the workers would'],
    ['agent-budget prune acme --keep 90d --json', 'one organization, and more of it'],
  ],
  notes: ['Statements, sums and the answers of settled keys stay, and `agent-budget audit` proves the balances as before.'],
  run: async (context, { keep }, named) => {
    const at = Date.now();
    const before = beforeOf(context, keep, at);
    const store = await context.store();
    const known = await store.organizations();
    const unknown = named.find((organizationId) => !known.includes(organizationId));
    if (unknown !== undefined) throw new NotFound(`The ledger knows no organization ${JSON.stringify(unknown)}.`);
    const organizations = named.length === 0 ? await store.prunableOrganizations(at, before) : named;
    const done = { holds: 0, entries: 0, alerts: 0 };
    await context.progress('Pruning', async () => {
      for await (const { holds, entries, failure } of prunePages(store, organizations, { at, before })) {
        if (failure !== null) throw failure.error;
        context.stopping.throwIfAborted();
        done.holds += holds;
        done.entries += entries;
      }
      for (const organizationId of named.length === 0 ? [null] : named) {
        for (let page = ALERTS_PAGE; page === ALERTS_PAGE; done.alerts += page) {
          page = await store.pruneAlerts(organizationId, before, ALERTS_PAGE);
        }
      }
    });
    context.output.document({ before: new Date(before).toISOString(), ...done }, () => textOf(done, before));
    return ExitCode.ok;
  },
});

function beforeOf(context: Context, keep: number | undefined, at: number): number {
  const { retentionDays } = context.config();
  if (keep === undefined && retentionDays === null) {
    throw new UsageError('AGENT_BUDGET_RETENTION_DAYS is forever: say with --keep how long to keep what is old.');
  }
  const before = keep === undefined ? prunedBefore(at, retentionDays ?? Infinity) : at - keep;
  if (before > latestPruning(at)) throw new UsageError(`--keep must be at least ${String(LEAST_RETENTION_DAYS)}d.`);
  return before;
}

function textOf({ holds, entries, alerts }: PrunedCounts, before: number): string {
  const sums = `${counted(holds, 'settled hold')} reduced, ${entries === 1 ? '1 entry' : `${String(entries)} entries`} summed up, ${counted(alerts, 'alert')} deleted`;
  return `${sums}: all from before ${when(before)}.`;
}
