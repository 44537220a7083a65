import { rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../src/ground/ports';
import { setting } from '../support/setting';
import { emptyFolder, endOf, spawnCommand } from './command-line';

/** A server that takes connections and never says a word. */
let silent: Server;
let address: string;
let folder: string;
const sockets: Socket[] = [];
beforeAll(async () => {
  folder = emptyFolder();
  silent = createServer((socket) => {
    socket.on('error', () => undefined);
    sockets.push(socket);
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  address = `127.0.0.1:${String((silent.address() as AddressInfo).port)}`;
});
beforeEach(() => {
  sockets.length = 0;
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  silent.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each([
  ['worker', 'DATABASE_URL'],
  ['worker', 'TEMPORAL_ADDRESS'],
  ['api', 'DATABASE_URL'],
  ['api', 'TEMPORAL_ADDRESS'],
  ['start', 'DATABASE_URL'],
  ['start', 'TEMPORAL_ADDRESS'],
])('Ctrl-C ends a %s that waits for a silent %s, at once', async (command, name) => {
  const child = spawnCommand(
    {
      AGENT_BUDGET_DATA: folder,
      DATABASE_URL: name === 'DATABASE_URL' ? `postgresql://${address}/x` : setting('TEST_DATABASE_URL'),
      TEMPORAL_ADDRESS: name === 'TEMPORAL_ADDRESS' ? address : setting('TEST_TEMPORAL_ADDRESS'),
      PORT: String(await freePort()),
    },
    [command],
  );
  const ended = endOf(child);
  while (sockets.length === 0) await sleep(20);
  await sleep(200);
  const began = performance.now();
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 130, err: 'Stopped before it was up.\n' });
  // Sooner than the 5 s and more after which we give a silent server up.
  expect(performance.now() - began).toBeLessThan(4_000);
});

test('Ctrl-C ends any other command, too', async () => {
  const child = spawnCommand({ AGENT_BUDGET_DATA: folder, DATABASE_URL: `postgresql://${address}/x` }, ['budgets', 'list']);
  const ended = endOf(child);
  while (sockets.length === 0) await sleep(20);
  child.kill('SIGINT');
  expect(await ended).toEqual({ code: 130, out: '', err: '' });
});
