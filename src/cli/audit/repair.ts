import { perform, type BudgetStore } from '../../store/budget-store';
import { HoldState, type Hold } from '../../domain/ledger';
import { FindingKind, type Finding } from '../../store/loose-ends';
import { counted } from '../show/format';
import type { Ask } from '../show/ask';
import type { AskOfWorkflows, Audited } from './look';

/** What a repair works with. */
export interface Tools {
  readonly store: BudgetStore;
  /** null where yes was said beforehand. */
  readonly ask: Ask | null;
  readonly say: (line: string) => void;
  /** Wakes the sender of a budget's alerts; null where Temporal is left out. */
  readonly poke: ((organizationId: string, budgetId: string) => Promise<void>) | null;
  readonly workflows: AskOfWorkflows;
  readonly graceMs: number;
}

type Act = (tools: Tools, organizationId: string, finding: Finding) => Promise<void>;

/** What is said of a kind of finding, and what mends one; without, nothing may. */
interface Remedy {
  readonly noun: string;
  readonly says: string;
  readonly act?: Act;
  /** What only somebody who has read it may agree to: a yes beforehand does not. */
  readonly isForReaders?: true;
}

const SETTLES = 'attempts that nobody finished are charged at their estimate, or as the policy says, and the rest is given back';

const REMEDIES: Readonly<Record<FindingKind, Remedy>> = {
  overdue_hold: { noun: 'overdue hold', says: `Expired, as maintenance would have: ${SETTLES}.`, act: expire },
  ended_workflow: {
    noun: 'hold of an ended workflow',
    says: `Settled now instead of when it expires: ${SETTLES}. What its agent may still report corrects the charge.`,
    act: settle,
  },
  unknown_workflow: {
    noun: 'hold of an unknown workflow',
    says: `Settled now instead of when it expires: ${SETTLES}. Not where workflows of another namespace use this ledger: they may go on.`,
    act: settle,
    isForReaders: true,
  },
  waiting_alert: {
    noun: 'waiting alert',
    says: 'Wakes its sender, as maintenance would have. A worker must be there to send it.',
    act: wake,
  },
  contradictory_hold: {
    noun: 'contradictory hold',
    says: 'Never mended here: no operation of the ledger writes such a row, so something else did. Find out what before you change it back.',
  },
  stray_alert: {
    noun: 'stray alert',
    says: 'Never mended here: it blocks nothing, and no operation of the ledger leaves such a row. `alerts list` shows what was sent.',
  },
};

const DRIFT =
  'Never mended here: balances follow from entries, holds and attempts, and no program can tell which of them was changed. Compare ' +
  '`agent-budget budgets entries BUDGET`, a backup, and whatever else writes to this database.';

/** Explains all that was found, and mends what is agreed to, by the ledger's own operations. True where a sender was woken. */
export async function repair(audited: readonly Audited[], tools: Tools): Promise<boolean> {
  const differences = audited.flatMap((one) => one.differences).length;
  if (differences > 0) tools.say(`${counted(differences, 'difference')}. ${DRIFT}`);
  let isWoken = false;
  for (const kind of Object.values(FindingKind)) {
    const found = audited.flatMap(({ organizationId, findings }) =>
      findings.filter((finding) => finding.kind === kind).map((finding) => ({ organizationId, finding })),
    );
    if (found.length === 0) continue;
    const { noun, says, act, isForReaders = false } = REMEDIES[kind];
    tools.say(`${String(found.length)} × ${noun}. ${says}`);
    if (act === undefined) continue;
    if (act === wake && tools.poke === null) {
      tools.say('Left as they are: Temporal was not asked.');
      continue;
    }
    if (tools.ask === null && isForReaders) {
      tools.say('Left as they are: --yes does not answer for these.');
      continue;
    }
    if (tools.ask !== null && !(await tools.ask('Do that?'))) continue;
    isWoken ||= act === wake;
    for (const { organizationId, finding } of found) {
      await act(tools, organizationId, finding).catch((error: unknown) => {
        tools.say(`${organizationId} ${finding.key ?? finding.budgetId ?? ''}: ${error instanceof Error ? error.message : String(error)}`);
      });
    }
  }
  return isWoken;
}

async function expire(tools: Tools, organizationId: string, finding: Finding): Promise<void> {
  const at = Date.now();
  // Ends whatever is overdue; nothing is left for the next finding then.
  for (let isComplete = false; !isComplete;) ({ isComplete } = await perform(tools.store, organizationId, { kind: 'expire', at }));
  // What maintenance has gone past it does not find again.
  const hold = await stillHeld(tools, organizationId, finding);
  if (hold !== null && hold.expiresAt <= at)
    await perform(tools.store, organizationId, { kind: 'settle', key: hold.key, at, runId: hold.runId });
}

async function settle(tools: Tools, organizationId: string, finding: Finding): Promise<void> {
  const hold = await stillHeld(tools, organizationId, finding);
  if (hold === null) return;
  // People take their time to answer, and an operator may have reset it.
  const again = await tools.workflows([hold], Date.now() - tools.graceMs);
  if (again === null || again.length === 0) return;
  await perform(tools.store, organizationId, { kind: 'settle', key: hold.key, at: Date.now(), runId: hold.runId });
}

async function wake({ poke }: Tools, organizationId: string, { budgetId = '' }: Finding): Promise<void> {
  await poke?.(organizationId, budgetId);
}

async function stillHeld({ store }: Tools, organizationId: string, { key = '' }: Finding): Promise<Hold | null> {
  const hold = await store.hold(organizationId, key);
  return hold?.state === HoldState.held ? hold : null;
}
