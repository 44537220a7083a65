import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runChaos, type Result } from './run';
import { untilStopped } from './until-stopped';

/**
 * Kills, freezes and restarts workers, APIs, PostgreSQL and Temporal under a load of invocations, and proves afterwards by three records that
 * do not know of each other (the agents', the ledger's entries, its balances) that nothing was lost.
 * `npm run -s chaos -- --invocations 2000 --seed 1 --json`
 */
const { values: options } = parseArgs({
  options: {
    invocations: { type: 'string', default: '300' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    /** At least so many; more come while calls are under way. With 0, nothing is killed, frozen or restarted. */
    kills: { type: 'string' },
    'per-second': { type: 'string', default: '10' },
    temporal: { type: 'string', default: 'dev' },
    json: { type: 'boolean', default: false },
    /** Leaves the run's folder, with the servers' logs. */
    keep: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
  },
});

const MUST_BE_ZERO = ['drift', 'leakedHolds', 'doubleCharges', 'uncharged', 'overspend', 'lostAlerts', 'repeatedAlerts', 'stuck'] as const;

async function main(): Promise<boolean> {
  const invocations = Number(options.invocations);
  const seed = Number(options.seed);
  if (!Number.isSafeInteger(invocations) || invocations < 1) throw new Error('--invocations takes a whole number from 1 on');
  if (!Number.isSafeInteger(seed)) throw new Error('--seed takes a whole number');
  const { temporal } = options;
  if (temporal !== 'dev' && temporal !== 'full') throw new Error('--temporal takes dev or full');
  const kills = Number(options.kills ?? Math.ceil(invocations / 50));
  const perSecond = Number(options['per-second']);
  if (!Number.isSafeInteger(kills) || kills < 0) throw new Error('--kills takes a whole number from 0 on');
  if (!Number.isFinite(perSecond) || perSecond <= 0) throw new Error('--per-second takes a number above 0');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'agent-budget-chaos-'));
  chmodSync(folder, 0o755); // PostgreSQL runs as another user when we are root
  const began = performance.now();
  const log = (line: string) => {
    if (!options.quiet) console.error(`${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${line}`);
  };
  try {
    const result = await runChaos({ invocations, seed, kills, temporal, perSecond, folder, log, signal: untilStopped() });
    print(result);
    return MUST_BE_ZERO.every((name) => result[name] === 0) && result.findings.length === 0;
  } finally {
    if (options.keep) log(`Left: ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

function print({ findings, ...result }: Result): void {
  for (const finding of findings) console.error(finding);
  if (options.json) console.log(JSON.stringify({ ...result, findings }));
  else console.table(result);
}

void main().then(
  (isSound) => process.exit(isSound ? 0 : 1),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
