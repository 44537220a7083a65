import { HoldState } from '../../domain/ledger';
import type { LooseEnds, WaitingAlerts } from '../loose-ends';
import { isPending } from './alerts';
import type { Shelf } from './memory-store';

export function looseEndsOf(shelf: Shelf, before: number): LooseEnds {
  const hasBalance = (line: { budgetId: string; periodStart: number }) =>
    shelf.balances.get(line.budgetId)?.some(({ period }) => period.start === line.periodStart) ?? false;
  const open = [...shelf.holds.values()].filter(
    (hold) => hold.state === HoldState.held || hold.heldMicroUsd !== 0 || hold.attempts.some(({ state }) => state === 'open'),
  );
  return {
    holds: open
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map((hold) => ({ hold, lacksBalance: hold.state === HoldState.held && !hold.lines.every(hasBalance) })),
    waiting: waitingIn(shelf, before),
    // Messages and what they tell are removed together here, and finished when nothing of them is pending.
    stray: [],
  };
}

function waitingIn({ happenings, alerts, senders }: Shelf, before: number): WaitingAlerts[] {
  const isOver = (at: number | undefined) => at === undefined || at <= before;
  const waiting = [...happenings.values()]
    .filter(({ alertId }) => alertId === null)
    .map(({ happening: { budgetId, at } }) => ({ budgetId, since: at }))
    .filter(({ budgetId }) => isOver(senders.get(budgetId)?.leaseUntil) || isOver(senders.get(budgetId)?.coolsUntil));
  const unsent = [...alerts.values()]
    .filter((alert) => isPending(alert) && isOver(senders.get(alert.budgetId)?.leaseUntil))
    .map(({ budgetId, createdAt }) => ({ budgetId, since: createdAt }));
  const first = new Map<string, number>();
  for (const { budgetId, since } of [...waiting, ...unsent]) {
    if (since <= before) first.set(budgetId, Math.min(since, first.get(budgetId) ?? since));
  }
  return [...first].sort(([a], [b]) => (a < b ? -1 : 1)).map(([budgetId, since]) => ({ budgetId, since }));
}
