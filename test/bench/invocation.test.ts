import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const BENCH = path.join(__dirname, '../../dist/bench/invocation.js');

test('bench:invocation tells what it promises, on servers of its own', async () => {
  const args = [BENCH, '--json', '--rounds', '1', '--runs', '2', '--concurrency', '2'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const number = expect.any(Number) as unknown;
  const way = { p50Ms: number, perSecond: number };
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ bare: way, budgeted: way, regularActivities: way, admissionP50Ms: number, addedP50Ms: number, ratioP50: number },
    ...{ ratioThroughput: number, agent200Ms: { ratioP50: number }, ledger: 'postgres', rounds: 1, concurrency: 2 },
  });
});
