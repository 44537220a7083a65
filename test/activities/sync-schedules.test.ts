import { setTimeout as pause } from 'node:timers/promises';
import { syncSchedules, type ResetSchedules } from '../../activities';
import type { ZoneInUse } from '../../src/contract/payloads/reset';

/** Schedules of a server that takes all but one zone, and what it was asked. */
function serverWithout(refused: string) {
  const put: string[] = [];
  let [atOnce, most] = [0, 0];
  const schedules: ResetSchedules = {
    scheduled: () => Promise.resolve(['Old/Zone', 'Zone/1']),
    put: async ({ timeZone }) => {
      put.push(timeZone);
      atOnce += 1;
      most = Math.max(most, atOnce);
      // The later ones are done sooner.
      await pause(60 - put.length);
      atOnce -= 1;
      if (timeZone === refused) throw new Error('not this one');
    },
    remove: () => Promise.resolve(),
  };
  return { schedules, put, most: () => most };
}

const zones: readonly ZoneInUse[] = Array.from({ length: 25 }, (_, n) => ({ timeZone: `Zone/${String(n)}`, anchorDays: [1] }));
const store = { zonesInUse: () => Promise.resolve(zones) };

test('each zone is put once, ten at a time, and one that the server refuses keeps no other from its Schedule', async () => {
  const server = serverWithout('Zone/3');
  const synced = await syncSchedules(store, server.schedules);
  expect([...server.put].sort()).toEqual(zones.map(({ timeZone }) => timeZone).sort());
  expect(server.most()).toBe(10);
  expect(synced).toEqual({ zones: zones.filter(({ timeZone }) => timeZone !== 'Zone/3'), failures: ['Zone/3: not this one'] });
});

test('what is known is not put again, and the refused one is', async () => {
  const server = serverWithout('none');
  const known = zones.filter(({ timeZone }) => timeZone !== 'Zone/3');
  expect(await syncSchedules(store, server.schedules, known)).toEqual({ zones, failures: [] });
  expect(server.put).toEqual(['Zone/3']);
});
