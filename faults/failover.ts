import { newCluster, promote, standbyOf } from './cluster';
import { untrue, type Fault, type Scene, type Seen } from './fault';
import { compare, isSound, openLedger } from './ledger';
import { refusals, repeat, startLoad } from './load';
import { oneAddress } from './one-address';
import { until, wait } from './waiting';

const CALLERS = 64;

/** A primary that is killed under load, and a standby that takes its address over. */
async function failOver(scene: Scene, isSynchronous: boolean) {
  const primary = await newCluster(scene, 'primary');
  const address = await oneAddress(scene, primary.port);
  const url = Object.assign(new URL(primary.url), { port: String(address.port) }).href;
  const store = await openLedger(scene, url);
  const standby = await standbyOf(scene, primary);
  if (isSynchronous) {
    await primary.set({ synchronous_standby_names: 'standby', synchronous_commit: 'on' });
    const inStep = `select from pg_stat_replication where sync_state = 'sync'`;
    await until(scene, 'the standby is synchronous', async () => (await primary.sql(inStep)).length > 0);
  }
  const load = startLoad(scene, store, CALLERS);
  await wait(scene, 2_000);
  if (!isSynchronous) {
    // A standby that falls behind, as asynchronous ones may at any time.
    await standby.set({ primary_conninfo: '' });
    await until(scene, 'the standby has left', async () => (await primary.sql('select from pg_stat_replication')).length === 0);
    await wait(scene, 200);
  }
  const before = load.told.committed.size;
  const killedAt = performance.now();
  await primary.kill();
  scene.log(`the primary is dead; ${String(before)} commits were answered`);
  // As long as whoever watches takes to be sure.
  await wait(scene, 2_000);
  await promote(standby);
  address.pointTo(standby.port);
  await until(scene, 'commits are answered again', () => load.told.committed.size >= before + CALLERS);
  const outageSeconds = (performance.now() - killedAt) / 1_000;
  await wait(scene, 2_000);
  await load.end();
  return { store, standby, told: load.told, before, outageSeconds };
}

const rounded = (seconds: number) => Math.round(seconds * 10) / 10;

export const synchronousFailover: Fault = {
  name: 'failover, synchronous standby',
  expected: 'nothing that was answered is lost; what was asked meanwhile lands once',
  run: async (scene): Promise<Seen> => {
    const { store, standby, told, before, outageSeconds } = await failOver(scene, true);
    const found = await compare(store, standby.url, told);
    return {
      figures: {
        ...found,
        forgotten: told.forgotten.size,
        refused: refusals(told),
        outageSeconds: rounded(outageSeconds),
      },
      findings: untrue({
        'commits were answered before and after': before > 0 && told.committed.size > before,
        'no answered hold is lost': told.forgotten.size === 0,
        'no answered commit is lost, none is charged twice, and the audit finds nothing': isSound(found),
      }),
    };
  },
};

export const asynchronousFailover: Fault = {
  name: 'failover, standby that lags',
  expected: 'what the standby had not received is lost, and the ledger is sound; whoever repeats his keys is charged once',
  run: async (scene): Promise<Seen> => {
    const { store, standby, told, outageSeconds } = await failOver(scene, false);
    const found = await compare(store, standby.url, told);
    const { size: forgotten } = told.forgotten;
    await repeat(scene, store, CALLERS, told);
    const repeated = await compare(store, standby.url, told);
    return {
      figures: { ...found, forgotten, lostAfterRepeat: repeated.lost, outageSeconds: rounded(outageSeconds) },
      findings: untrue({
        'a standby that lags loses something': found.lost > 0,
        'each key is charged once': found.doubled === 0,
        'the audit finds nothing': found.drift === 0,
        'what is repeated is charged, once': isSound(repeated),
      }),
    };
  },
};
