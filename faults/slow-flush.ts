import { newCluster } from './cluster';
import { untrue, type Fault } from './fault';
import { compare, isSound, openLedger } from './ledger';
import { refusals, startLoad } from './load';
import { until, wait } from './waiting';

const CALLERS = 256;
const FLUSH_MS = 100;

export const slowFlush: Fault = {
  name: 'slow flush',
  expected: 'callers wait for their flush, nobody is refused, and the batches grow',
  run: async (scene) => {
    const cluster = await newCluster(scene, 'slow');
    const store = await openLedger(scene, cluster.url);
    // Each flush of the log waits so long before it writes, as a slow disk would after.
    await cluster.set({ commit_delay: String(FLUSH_MS * 1_000), commit_siblings: '0' });
    const load = startLoad(scene, store, CALLERS);
    await wait(scene, 3_000);
    await load.end();
    const found = await compare(store, cluster.url, load.told);
    const [row] = await cluster.sql<{ count: number }>('select count(distinct xmin::text)::int as count from entries');
    const commitsInBatch = Math.round(found.acknowledged / (row?.count ?? NaN));
    const { longestAnswerMs } = load.told;
    const refused = refusals(load.told);
    return {
      figures: { ...found, refused, commitsInBatch, longestAnswerMs: Math.round(longestAnswerMs) },
      findings: untrue({
        'nobody is refused': refused === 0,
        'an answer waits for its flush': longestAnswerMs >= FLUSH_MS,
        'many callers share a flush': commitsInBatch >= 16,
        'nothing is lost or charged twice': isSound(found),
      }),
    };
  },
};

const SILENCE_MS = 12_000;

export const silentStandby: Fault = {
  name: 'commit that does not return',
  expected:
    'a caller is told within 10 s that the ledger cannot say, and nothing is answered that is not safe; afterwards each key lands once',
  run: async (scene) => {
    const cluster = await newCluster(scene, 'alone');
    const store = await openLedger(scene, cluster.url);
    const load = startLoad(scene, store, 64);
    await wait(scene, 1_000);
    // A commit then waits for a standby that there is not.
    await cluster.set({ synchronous_standby_names: 'nobody' });
    await wait(scene, 500);
    const before = load.told.granted.size + load.told.committed.size;
    await wait(scene, SILENCE_MS);
    const answeredMeanwhile = load.told.granted.size + load.told.committed.size - before;
    await cluster.sql('alter system reset synchronous_standby_names');
    await cluster.sql('select pg_reload_conf()');
    await until(scene, 'callers are answered again', () => load.told.granted.size + load.told.committed.size >= before + 64);
    await load.end();
    const found = await compare(store, cluster.url, load.told);
    const { longestAnswerMs } = load.told;
    const refused = refusals(load.told);
    return {
      figures: { ...found, refused, answeredMeanwhile, longestAnswerMs: Math.round(longestAnswerMs) },
      findings: untrue({
        'nothing is answered meanwhile': answeredMeanwhile === 0,
        'callers are told that the ledger cannot say': refused >= 64,
        'within about 10 s': longestAnswerMs < 11_000,
        'nothing is lost or charged twice': isSound(found),
      }),
    };
  },
};
