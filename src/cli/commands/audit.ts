import { audit as differencesOf, type Difference } from '../../store/audit';
import { command } from '../args/command';
import { ExitCode, NotFound } from '../exit-code';
import { counted, money, when } from '../show/format';
import { table } from '../show/table';
import type { Terminal } from '../show/terminal';

export const audit = command({
  name: 'audit',
  summary: 'prove every balance by its entries, holds and attempts',
  operands: ['[ORG...]'],
  examples: [
    ['agent-budget audit', 'all organizations; exit code 1 where something does not add up'],
    ['agent-budget audit acme --json', 'one object an organization, with its differences'],
  ],
  run: async (context, _values, named) => {
    const store = await context.store();
    const known = await store.organizations();
    const unknown = named.find((organizationId) => !known.includes(organizationId));
    if (unknown !== undefined) throw new NotFound(`The ledger knows no organization ${JSON.stringify(unknown)}.`);
    const organizations = named.length === 0 ? known : named;
    const reports: Report[] = [];
    for (const [index, organizationId] of organizations.entries()) {
      const doing = `Auditing ${organizationId}, ${String(index + 1)} of ${String(organizations.length)}`;
      reports.push(reportOf(organizationId, await context.progress(doing, () => differencesOf(store, organizationId))));
    }
    const found = reports.flatMap(({ organizationId, differences }) => differences.map((one) => ({ organizationId, ...one })));
    context.output.list(reports, (terminal) => textOf(reports.length, found, terminal));
    return found.length === 0 ? ExitCode.ok : ExitCode.failed;
  },
});

/** Amounts are USD, counts are counts. */
interface Found {
  readonly budgetId: string;
  readonly periodStart: string;
  readonly what: string;
  readonly balance: number;
  readonly proven: number;
}

interface Report {
  readonly organizationId: string;
  readonly isProven: boolean;
  readonly differences: readonly Found[];
}

function reportOf(organizationId: string, differences: readonly Difference[]): Report {
  return { organizationId, isProven: differences.length === 0, differences: differences.map(foundOf) };
}

function foundOf({ budgetId, periodStart, what, balance, proven }: Difference): Found {
  const unit = what.endsWith('MicroUsd') ? 1_000_000 : 1;
  const name = what.replace('MicroUsd', 'Usd').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return { budgetId, periodStart: new Date(periodStart).toISOString(), what: name, balance: balance / unit, proven: proven / unit };
}

function textOf(organizations: number, found: readonly (Found & { organizationId: string })[], terminal: Terminal): string {
  const audited = counted(organizations, 'organization');
  if (found.length === 0) return terminal.colours.green(`Every balance of ${audited} is proven.`);
  const amount = (what: string, value: number) => (what.endsWith('_usd') ? money(value) : String(value));
  const rows = table(
    found,
    [
      { title: 'ORGANIZATION', of: (row) => row.organizationId },
      { title: 'BUDGET', of: (row) => row.budgetId },
      { title: 'PERIOD', of: (row) => when(row.periodStart), isWhole: true },
      { title: 'WHAT', of: (row) => row.what },
      { title: 'BALANCE', of: (row) => amount(row.what, row.balance), isRight: true },
      { title: 'PROVEN', of: (row) => amount(row.what, row.proven), isRight: true },
    ],
    terminal,
  );
  return `${rows}\n\n${terminal.colours.red(`${counted(found.length, 'difference')} in ${audited}.`)}`;
}
