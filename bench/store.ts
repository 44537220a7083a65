import { parseArgs } from 'node:util';
import { readConfig } from '../src/config';
import { startPostgres } from '../src/ground/postgres';
import { NEVER } from '../src/ground/stopping';
import { audit } from '../src/store/audit';
import type { BudgetStore } from '../src/store/budget-store';
import { migrate } from '../src/store/postgres/migrate';
import { createPostgresStore } from '../src/store/postgres/postgres-store';
import { applyLoad, hotBudget, type Load, type Target } from './load';
import { machine, median, rounded } from './measure';
import { withScratchDatabase } from './scratch-database';
import { runBench } from './run-bench';

/**
 * How many reserve+commit pairs a second the ledger takes, and how long a reserve takes, by number of callers: in PostgreSQL with fsync on, embedded
 * or the one that DATABASE_URL names (in a database of its own, dropped afterwards). Batched and unbatched, in turns.
 * `npm run -s bench:store -- --json --cases A,B,C --callers 1,16,64,256 --seconds 2 --runs 3`
 */
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    cases: { type: 'string', default: 'A,B,C' },
    callers: { type: 'string', default: '1,16,64,256' },
    modes: { type: 'string', default: 'batched,unbatched' },
    seconds: { type: 'string', default: '2' },
    runs: { type: 'string', default: '3' },
    'warm-up': { type: 'string', default: '1.5' },
  },
});

/** A: one hot organization budget and one agent. B: one organization, 100 agents with a budget each. C: 1,000 independent organizations. */
const CASES: Record<string, { readonly organizations: number; readonly agents: number }> = {
  A: { organizations: 1, agents: 1 },
  B: { organizations: 1, agents: 100 },
  C: { organizations: 1_000, agents: 1 },
};

type Case = (typeof CASES)[string];
interface Measured extends Omit<Load, 'pairs'> {
  readonly case: string;
  readonly callers: number;
  readonly mode: string;
}

function organizationOf(mode: string, name: string, organization: number): string {
  return `${mode}-${name}-${String(organization)}`;
}

async function prepare(store: BudgetStore, mode: string, name: string, { organizations, agents }: Case): Promise<void> {
  for (let organization = 0; organization < organizations; organization += 1) {
    const organizationId = organizationOf(mode, name, organization);
    await store.putBudget(hotBudget(organizationId, 'organization', null), Date.now());
    for (let agent = 0; agents > 1 && agent < agents; agent += 1) {
      const agentId = `agent-${String(agent)}`;
      await store.putBudget(hotBudget(organizationId, agentId, agentId), Date.now());
    }
  }
}

function targetsOf(mode: string, name: string, { organizations, agents }: Case): (pair: number) => Target {
  return (pair) => ({ organizationId: organizationOf(mode, name, pair % organizations), agentId: `agent-${String(pair % agents)}` });
}

async function measure(databaseUrl: string): Promise<Measured[]> {
  const batched = createPostgresStore(databaseUrl);
  const unbatched = createPostgresStore(databaseUrl, { groupCommit: null });
  const stores: readonly [string, BudgetStore][] = [
    ['batched', batched],
    ['unbatched', unbatched],
  ];
  const modes = stores.filter(([mode]) => options.modes.split(',').includes(mode));
  const measured: Measured[] = [];
  for (const name of options.cases.split(',')) {
    const shape = CASES[name];
    if (shape === undefined) throw new Error(`There is no case ${name}`);
    for (const [mode] of modes) await prepare(batched, mode, name, shape);
    const targets = (mode: string) => targetsOf(mode, name, shape);
    for (const [mode, store] of modes) await applyLoad(store, 64, Number(options['warm-up']) * 1_000, targets(mode));
    for (const callers of options.callers.split(',').map(Number)) {
      const runs = modes.map(() => [] as Load[]);
      for (let run = 0; run < Number(options.runs); run += 1) {
        for (const [index, [mode, store]] of modes.entries()) {
          runs[index]?.push(await applyLoad(store, callers, Number(options.seconds) * 1_000, targets(mode)));
        }
      }
      for (const [index, [mode]] of modes.entries()) measured.push({ case: name, callers, mode, ...summary(runs[index] ?? []) });
    }
    for (const [mode] of modes) await prove(batched, organizationOf(mode, name, shape.organizations - 1));
  }
  await Promise.all([batched.close(), unbatched.close()]);
  return measured;
}

function summary(runs: readonly Load[]): Omit<Load, 'pairs'> {
  const of = (figure: keyof Load) => median(runs.map((run) => run[figure]));
  return {
    pairsPerSecond: of('pairsPerSecond'),
    reserveP50Ms: rounded(of('reserveP50Ms')),
    reserveP99Ms: rounded(of('reserveP99Ms')),
  };
}

async function prove(store: BudgetStore, organizationId: string): Promise<void> {
  const differences = await audit(store, organizationId);
  if (differences.length > 0) throw new Error(`The ledger of ${organizationId} does not add up: ${JSON.stringify(differences)}`);
}

async function main(folder: string): Promise<void> {
  const config = { ...readConfig(), dataFolder: folder };
  const postgres = await startPostgres(
    config,
    (line) => {
      console.error(line);
    },
    NEVER,
  );
  try {
    const cases = await withScratchDatabase(postgres.url, async (databaseUrl) => {
      await migrate(databaseUrl);
      return measure(databaseUrl);
    });
    const postgresql = config.databaseUrl === null ? 'embedded' : 'given';
    if (options.json) console.log(JSON.stringify({ cases, postgresql, runs: Number(options.runs), ...machine() }));
    else console.table(cases);
  } finally {
    await postgres.stop();
  }
}

runBench(main);
