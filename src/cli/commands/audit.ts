import { GRACE_MS, FindingKind } from '../../store/loose-ends';
import { createAlertPokes } from '../../worker/alert-pokes';
import { command } from '../args/command';
import { span, toggle, withDefault } from '../args/flag';
import { UsageError } from '../args/usage-error';
import { look, NO_WITNESS, witness, type Audited } from '../audit/look';
import { repair } from '../audit/repair';
import { reportOf, textOf } from '../audit/report';
import type { Context } from '../context';
import { ExitCode, NotFound } from '../exit-code';
import { askOn } from '../show/ask';
import { WORKER_ADVICE } from './workers';

export const audit = command({
  name: 'audit',
  summary: 'prove every balance, and find holds and alerts that nobody will end',
  operands: ['[ORG...]'],
  flags: {
    'ledger-only': toggle('do not ask Temporal whether the workflows of open holds still exist'),
    grace: withDefault(span('how long something must be overdue to be found'), GRACE_MS, '2m'),
    repair: toggle('explain each finding, and mend on your word what can be mended'),
    yes: toggle('with --repair: that is your word, for all but workflows that Temporal does not know'),
  },
  examples: [
    ['agent-budget audit', 'all organizations; exit code 1 where something does not add up or was left over'],
    ['agent-budget audit acme --json', 'one object an organization, with its differences and findings'],
    ['agent-budget audit --repair', 'says what it would do, and asks'],
  ],
  notes: [
    'It reads, and locks nothing. Exit code 4: nothing was found, but Temporal could not be asked, of one namespace.',
    '--repair ends holds and wakes alerts by the same operations as the workers do. A balance it never changes.',
  ],
  run: async (context, { 'ledger-only': isLedgerOnly, grace: graceMs, repair: isRepairing, yes: isYes }, named) => {
    if (isYes && !isRepairing) throw new UsageError('--yes is for --repair: an audit alone changes nothing.');
    if (isRepairing && !isYes && !process.stdin.isTTY) {
      throw new UsageError('--repair asks before it changes anything, and stdin is no terminal: --yes answers for you.');
    }
    const organizations = await organizationsOf(context, named);
    const { ask, silence } = isLedgerOnly ? NO_WITNESS : witness(context);
    const lookNow = () => look(context, organizations, graceMs, ask);
    let audited = await lookNow();
    if (isRepairing && audited.some(isFound)) {
      // With --json too: nobody can agree to what he has not seen.
      if (!isYes || !context.output.isJson) context.output.note(`${textOf(audited, context.output.terminal)}\n`);
      const tools = {
        store: await context.store(),
        ask: isYes ? null : askOn(process.stdin, process.stderr),
        say: context.output.note,
        poke: isLedgerOnly || silence() !== null ? null : await pokesOf(context),
        workflows: ask,
        graceMs,
      };
      const isWoken = await repair(audited, tools);
      audited = await (isWoken ? untilSent(context, lookNow) : lookNow());
    }
    context.output.list(audited.map(reportOf), (terminal) => textOf(audited, terminal));
    const reason = silence();
    if (reason !== null) {
      const what = 'Not looked at, since Temporal could not be asked: whether the workflows of open holds still exist.';
      context.output.note(`${what} ${reason} --ledger-only leaves it out.`);
    }
    if (audited.some(isFound)) return ExitCode.failed;
    return reason === null ? ExitCode.ok : ExitCode.unavailable;
  },
});

async function organizationsOf(context: Context, named: readonly string[]): Promise<readonly string[]> {
  const store = await context.store();
  const known = await store.organizations();
  if (named.length > 0 && named.every((organizationId) => known.includes(organizationId))) return named;
  // Whose rows are left may be gone itself.
  const every = await store.everyOrganization();
  const unknown = named.find((organizationId) => !every.includes(organizationId));
  if (unknown !== undefined) throw new NotFound(`The ledger knows no organization ${JSON.stringify(unknown)}.`);
  return named.length === 0 ? every : named;
}

function isFound({ differences, findings }: Audited): boolean {
  return differences.length + findings.length > 0;
}

function isWaiting({ findings }: Audited): boolean {
  return findings.some(({ kind }) => kind === FindingKind.waitingAlert);
}

// Left out where no Temporal is reached: the rest can be mended without.
async function pokesOf(context: Context) {
  const reach = await context.temporal().catch(() => null);
  return reach && createAlertPokes(reach.client, reach.taskQueue);
}

const PATIENCE_MS = 15_000;

/** Looks until the senders that were woken have taken what waits. */
async function untilSent(context: Context, lookNow: () => Promise<Audited[]>): Promise<Audited[]> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const audited = await lookNow();
    if (!audited.some(isWaiting)) return audited;
    if (Date.now() < until) continue;
    context.output.note(`No worker took what waits. ${WORKER_ADVICE}`);
    return audited;
  }
}
