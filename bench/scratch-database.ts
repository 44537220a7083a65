import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

/** Runs `work` on a database of its own on the server at `url`, which is dropped afterwards. */
export async function withScratchDatabase<Result>(url: string, work: (url: string) => Promise<Result>): Promise<Result> {
  const name = `bench_${randomUUID().replaceAll('-', '')}`;
  await run(url, `create database ${name}`);
  const scratch = new URL(url);
  scratch.pathname = `/${name}`;
  try {
    return await work(scratch.href);
  } finally {
    await run(url, `drop database ${name} with (force)`);
  }
}

async function run(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}
