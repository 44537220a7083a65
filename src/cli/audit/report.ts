import type { Difference } from '../../store/audit';
import type { Finding } from '../../store/loose-ends';
import { counted, money, when } from '../show/format';
import { table } from '../show/table';
import type { Terminal } from '../show/terminal';
import type { Audited } from './look';

/** Amounts are USD, counts are counts. */
interface ShownDifference {
  readonly budgetId: string;
  readonly periodStart: string;
  readonly what: string;
  readonly balance: number;
  readonly proven: number;
}

/** One organization, for programs. */
export function reportOf({ organizationId, differences, findings, isComplete }: Audited) {
  return {
    organizationId,
    isProven: differences.length === 0,
    isComplete,
    differences: differences.map(shownOf),
    findings: findings.map(({ since, ...finding }) => ({ ...finding, since: since === null ? null : new Date(since).toISOString() })),
  };
}

function shownOf({ budgetId, periodStart, what, balance, proven }: Difference): ShownDifference {
  const unit = what.endsWith('MicroUsd') ? 1_000_000 : 1;
  const name = what.replace('MicroUsd', 'Usd').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return { budgetId, periodStart: new Date(periodStart).toISOString(), what: name, balance: balance / unit, proven: proven / unit };
}

/** All organizations, for people. */
export function textOf(audited: readonly Audited[], terminal: Terminal): string {
  const among = counted(audited.length, 'organization');
  const of = <Row>(rowsOf: (one: Audited) => readonly Row[]) =>
    audited.flatMap((one) => rowsOf(one).map((row) => ({ organizationId: one.organizationId, ...row })));
  const differences = of((one) => one.differences.map(shownOf));
  const findings = of((one) => one.findings);
  if (differences.length + findings.length === 0) return terminal.colours.green(`Every balance of ${among} is proven.`);
  const tables = [
    ...(differences.length === 0 ? [] : [differenceTable(differences, terminal)]),
    ...(findings.length === 0 ? [] : [findingTable(findings, terminal)]),
  ];
  const counts = [
    ...(differences.length === 0 ? [] : [counted(differences.length, 'difference')]),
    ...(findings.length === 0 ? [] : [counted(findings.length, 'finding')]),
  ];
  return `${tables.join('\n\n')}\n\n${terminal.colours.red(`${counts.join(' and ')} in ${among}.`)}`;
}

function differenceTable(rows: readonly (ShownDifference & { organizationId: string })[], terminal: Terminal): string {
  const amount = (what: string, value: number) => (what.endsWith('_usd') ? money(value) : String(value));
  return table(
    rows,
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
}

function findingTable(rows: readonly (Finding & { organizationId: string })[], terminal: Terminal): string {
  const alert = ({ alertId }: Finding) => (alertId === undefined ? null : `alert ${String(alertId)}`);
  return table(
    rows,
    [
      { title: 'ORGANIZATION', of: (row) => row.organizationId },
      { title: 'FOUND', of: (row) => row.kind, isWhole: true },
      { title: 'SINCE', of: (row) => when(row.since), isWhole: true },
      { title: 'HOLD OR BUDGET', of: (row) => row.key ?? [row.budgetId, alert(row)].filter(Boolean).join(', ') },
      { title: 'WHY', of: (row) => row.why },
    ],
    terminal,
  );
}
