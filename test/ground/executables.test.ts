import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fillCache, inCache, obtain } from '../../src/ground/executables';

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(path.join(os.tmpdir(), 'agent-budget-cache-'));
});
afterEach(() => {
  rmSync(cache, { recursive: true, force: true });
});

const silent = () => undefined;
const isTool = (name: string) => name === 'tool';

function writeTool(folder: string): Promise<void> {
  writeFileSync(path.join(folder, 'tool'), '#!/bin/sh\n');
  chmodSync(path.join(folder, 'tool'), 0o755);
  return Promise.resolve();
}

test('the first way that leads to the tool is taken', async () => {
  const ways = [
    { name: 'none', find: () => null },
    { name: 'one', find: () => '/one' },
    { name: 'two', find: () => '/two' },
  ];
  expect(await obtain('tool', ways, 'Install it.', silent)).toBe('/one');
});

test('when none does, one line says what helps and names every way with its reason', async () => {
  const ways = [
    { name: 'cache', find: () => null },
    { name: 'download', find: () => Promise.reject(new Error(`no network ${'x'.repeat(500)}`)) },
  ];
  const failure = await obtain('tool', ways, 'Install it.', silent).catch((error: unknown) => error);
  expect((failure as Error).message).toMatch(/^No way led to the tool\. Install it\. Tried cache: not there; download: no network x+\.$/);
  expect((failure as Error).message.length).toBeLessThan(300);
});

test('a cache that was broken off is never found again, and leaves nothing behind', async () => {
  const folder = path.join(cache, 'tool-1');
  const breakOff = async (scratch: string) => {
    await writeTool(scratch);
    throw new Error('broken off');
  };
  await expect(fillCache(folder, breakOff)).rejects.toThrow('broken off');
  expect(readdirSync(cache)).toEqual([]);
  await fillCache(folder, writeTool);
  expect(inCache(folder, isTool)).toBe(path.join(folder, 'tool'));
  expect(readdirSync(cache)).toEqual(['tool-1']);
});
