import { entries as entriesOf, statements as statementsOf } from '../../store/reports';
import { command } from '../args/command';
import { whole, withDefault } from '../args/flag';
import { statementJson } from '../../http/budget-mapping';
import { ExitCode } from '../exit-code';
import { entryTable, statementTable } from '../views/report-text';
import { organization } from './common';

export const entries = command({
  name: 'budgets entries',
  summary: 'what was charged and settled, line by line',
  operands: ['[BUDGET]'],
  flags: {
    org: organization,
    after: withDefault(whole('only entries after this id', 0, Number.MAX_SAFE_INTEGER), 0),
    limit: withDefault(whole('how many at most', 1, 1_000), 100),
  },
  examples: [
    ['agent-budget budgets entries acme-monthly --org acme', 'its first hundred entries'],
    ['agent-budget budgets entries --org acme --after 5200 --limit 1000 --json', 'all of the organization, also what no budget covers'],
  ],
  run: async (context, { org, after, limit }, [budgetId]) => {
    const page = { after, most: limit, ...(budgetId !== undefined && { budgetId }) };
    const rows = await entriesOf(await context.store(), org, page);
    context.output.list(rows, (terminal) => (rows.length === 0 ? 'No entries.' : entryTable(rows, terminal)));
    const last = rows.at(-1);
    if (!context.output.isJson && last !== undefined && rows.length === limit) context.output.note(`More: --after ${String(last.entryId)}`);
    return ExitCode.ok;
  },
});

export const statements = command({
  name: 'budgets statements',
  summary: "a budget's closed months, the oldest first; also of one that was removed",
  operands: ['BUDGET'],
  flags: { org: organization },
  examples: [['agent-budget budgets statements acme-monthly --org acme --json', 'for the accounts']],
  run: async (context, { org }, [budgetId = '']) => {
    const rows = await statementsOf(await context.store(), org, budgetId);
    context.output.list(rows.map(statementJson), (terminal) =>
      rows.length === 0 ? 'No month of it was closed yet.' : statementTable(rows, terminal),
    );
    return ExitCode.ok;
  },
});
