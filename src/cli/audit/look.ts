import { setTimeout as pause } from 'node:timers/promises';
import { alertConfigOf, hasChannel } from '../../domain/alert-config';
import { audit, type Difference } from '../../store/audit';
import type { BudgetStore } from '../../store/budget-store';
import { HoldState, type Hold } from '../../domain/ledger';
import { findingsOf, type Finding } from '../../store/loose-ends';
import type { Context } from '../context';
import { endedWorkflows } from './workflows';

/** What an audit found in one organization. */
export interface Audited {
  readonly organizationId: string;
  readonly differences: readonly Difference[];
  readonly findings: readonly Finding[];
  /** False where Temporal was not asked of workflows that hold something. */
  readonly isComplete: boolean;
}

/** Says of open holds which of them no workflow will settle; null where Temporal cannot be asked. */
export type AskOfWorkflows = (holds: readonly Hold[], before: number) => Promise<Finding[] | null>;

/** How long a finding must last: what a commit has just left may be taken a moment later. */
const CONFIRMED_AFTER_MS = 1_000;

/** Looks through organizations, and again at those where something was found: only what is found twice is a finding. */
export async function look(
  context: Pick<Context, 'progress' | 'store' | 'stopping'>,
  organizations: readonly string[],
  graceMs: number,
  ask: AskOfWorkflows,
): Promise<Audited[]> {
  const store = await context.store();
  const audited: Audited[] = [];
  for (const [index, organizationId] of organizations.entries()) {
    const doing = `Auditing ${organizationId}, ${String(index + 1)} of ${String(organizations.length)}`;
    audited.push(await context.progress(doing, () => lookOnce(store, organizationId, graceMs, ask)));
  }
  if (audited.every(({ findings }) => findings.length === 0)) return audited;
  return context.progress('Looking again at what was found', async () => {
    await pause(CONFIRMED_AFTER_MS, undefined, { signal: context.stopping });
    const confirmed: Audited[] = [];
    for (const first of audited) {
      const again = first.findings.length === 0 ? first : await lookOnce(store, first.organizationId, graceMs, ask);
      const seen = new Set(first.findings.map(identityOf));
      confirmed.push({ ...again, findings: again.findings.filter((finding) => seen.has(identityOf(finding))) });
    }
    return confirmed;
  });
}

async function lookOnce(store: BudgetStore, organizationId: string, graceMs: number, ask: AskOfWorkflows): Promise<Audited> {
  const before = Date.now() - graceMs;
  const differences = await audit(store, organizationId);
  const { waiting, ...ends } = await store.looseEnds(organizationId, before);
  const [budgets, policy] = await Promise.all([store.budgets(organizationId), store.policy(organizationId)]);
  const known = new Map(budgets.map((budget) => [budget.budgetId, hasChannel(alertConfigOf(policy, budget))]));
  // Where nobody is to hear of it, nothing need be sent.
  const heard = waiting.filter(({ budgetId }) => known.get(budgetId) !== false);
  const found = findingsOf({ ...ends, waiting: heard }, (budgetId) => !known.has(budgetId), before);
  const named = new Set(found.map(({ key }) => key));
  const running = ends.holds.map(({ hold }) => hold).filter((hold) => hold.state === HoldState.held && !named.has(hold.key));
  const ofRuns = running.filter(({ runId }) => runId !== null);
  const ended = ofRuns.length === 0 ? [] : await ask(ofRuns, before);
  return { organizationId, differences, findings: [...found, ...(ended ?? [])], isComplete: ended !== null };
}

function identityOf({ kind, key, budgetId, alertId, why }: Finding): string {
  return JSON.stringify([kind, key, budgetId, alertId, why]);
}

/** The Temporal server of the context, as a witness of workflows. Once it does not answer it is asked no more, and `silence` says why. */
export function witness(context: Pick<Context, 'temporal'>): { readonly ask: AskOfWorkflows; readonly silence: () => string | null } {
  let silence: string | null = null;
  const ask: AskOfWorkflows = async (holds, before) => {
    if (silence !== null) return null;
    try {
      return await endedWorkflows((await context.temporal()).client, holds, before);
    } catch (error) {
      silence = error instanceof Error ? error.message : String(error);
      return null;
    }
  };
  return { ask, silence: () => silence };
}

/** Nobody is asked. */
export const NO_WITNESS: ReturnType<typeof witness> = { ask: () => Promise.resolve(null), silence: () => null };
