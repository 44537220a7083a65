import { setMaxListeners } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { untilStopped } from '../chaos/until-stopped';
import { asynchronousFailover, synchronousFailover } from './failover';
import { fullTables, fullWal } from './full-disk';
import type { Fault, Scene, Seen, Skipped } from './fault';
import { silentStandby, slowFlush } from './slow-flush';

/**
 * Does to PostgreSQL servers of its own what databases meet in their lives, under load, and looks whether the ledger answers as it should.
 * `npm run -s faults -- --json`
 */
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** Those alone whose names have this in them. */
    only: { type: 'string', default: '' },
    quiet: { type: 'boolean', default: false },
  },
});

const FAULTS: readonly Fault[] = [synchronousFailover, asynchronousFailover, fullTables, fullWal, slowFlush, silentStandby];

const PATIENCE_MS = 60_000;

type Result = { readonly fault: string; readonly expected: string; readonly seconds: number } & (
  (Seen & { readonly isAsExpected: boolean }) | Skipped
);

/** Asked to end, a fault ends by itself, so that nothing that it starts comes after its clean-up. */
async function resultOf(fault: Fault, stopped: AbortSignal): Promise<Result> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'agent-budget-faults-'));
  chmodSync(folder, 0o755); // PostgreSQL runs as another user when we are root
  const began = performance.now();
  const log = (line: string) => {
    if (!options.quiet) console.error(`${fault.name}: ${line}`);
  };
  const over = new AbortController();
  const fail = (reason: unknown) => {
    over.abort(reason);
  };
  const signal = AbortSignal.any([stopped, over.signal]);
  // Every caller waits by it.
  setMaxListeners(0, signal);
  const scene: Scene = { folder, log, signal, fail, patienceMs: PATIENCE_MS, cleanUps: [] };
  try {
    const seen = await fault.run(scene).catch((error: unknown) => ({ figures: {}, findings: [inspect(error)] }));
    const common = { fault: fault.name, expected: fault.expected, seconds: Math.round((performance.now() - began) / 1_000) };
    return 'skipped' in seen ? { ...common, ...seen } : { ...common, ...seen, isAsExpected: seen.findings.length === 0 };
  } finally {
    fail(new Error(`${fault.name} is over`));
    for (const cleanUp of scene.cleanUps.reverse())
      await cleanUp().catch((error: unknown) => {
        log(String(error));
      });
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<boolean> {
  const chosen = FAULTS.filter(({ name }) => name.includes(options.only));
  if (chosen.length === 0) throw new Error(`--only takes a part of one of these: ${FAULTS.map(({ name }) => name).join('; ')}`);
  const results: Result[] = [];
  const stopped = untilStopped();
  for (const fault of chosen) {
    results.push(await resultOf(fault, stopped));
    stopped.throwIfAborted();
  }
  if (options.json) console.log(JSON.stringify(results));
  else for (const result of results) print(result);
  return results.every((result) => !('isAsExpected' in result) || result.isAsExpected);
}

function print(result: Result): void {
  const verdict = 'skipped' in result ? `skipped: ${result.skipped}` : result.isAsExpected ? 'as expected' : 'NOT AS EXPECTED';
  console.log(`${result.fault}: ${verdict} (${String(result.seconds)} s)\n  expected: ${result.expected}`);
  if ('skipped' in result) return;
  console.log(
    `  ${Object.entries(result.figures)
      .map(([name, figure]) => `${name} ${String(figure)}`)
      .join(', ')}`,
  );
  for (const finding of result.findings) console.log(`  ${finding}`);
}

void main().then(
  (isSound) => process.exit(isSound ? 0 : 1),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
