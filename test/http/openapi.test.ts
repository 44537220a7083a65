import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { AGENTS } from './agents';
import { newOrganization, type TestApi } from './support';
import { serveWithWorker } from './with-worker';

const run = promisify(execFile);
const ROOT = path.join(__dirname, '../..');
/** A tool of ours, in a process of its own: jest cannot load all of them. */
const tool = (script: string, args: readonly string[], cwd: string) =>
  run(process.execPath, [path.join(ROOT, 'node_modules', script), ...args], { cwd });

describe('the OpenAPI document', () => {
  let served: TestApi;
  let folder: string;
  let document: string;
  beforeAll(async () => {
    served = await serveWithWorker(AGENTS);
    folder = await mkdtemp(path.join(os.tmpdir(), 'agent-budget-client-'));
    document = (await served.ask('get', '/openapi.json')).text;
    await writeFile(path.join(folder, 'openapi.json'), document);
    await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }');
    await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  });
  afterAll(async () => {
    await served.stop();
    await rm(folder, { recursive: true });
  });

  it('is valid', async () => {
    const { stdout } = await tool('@seriousme/openapi-schema-validator/bin/validate-api-cli.js', ['openapi.json'], folder);
    expect(JSON.parse(stdout)).toMatchObject({ valid: true });
  });

  it('says of every operation what it does, and of every API route whose key it takes', () => {
    const { paths } = JSON.parse(document) as { paths: Record<string, Record<string, { summary?: string; security?: unknown }>> };
    for (const [where, item] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(item).filter(([name]) => name !== 'parameters')) {
        expect({ where, method, summary: operation.summary }).toMatchObject({ summary: expect.any(String) as string });
        expect(operation.security).toEqual(where.startsWith('/api/') ? [{ bearer: [] }] : []);
      }
    }
  });

  it('makes a client that compiles and works', async () => {
    // What has a default may be left out.
    const flags = ['--default-non-nullable', 'false'];
    await tool('openapi-typescript/bin/cli.js', ['openapi.json', '-o', 'schema.d.ts', ...flags], folder);
    await cp(path.join(__dirname, 'client/consumer.mts'), path.join(folder, 'consumer.ts'));
    const options = { strict: true, target: 'es2022', module: 'nodenext', lib: ['es2023', 'dom'], types: ['node'], skipLibCheck: false };
    await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['consumer.ts'] }));
    await tool('typescript/bin/tsc', ['-p', '.'], folder).catch((error: unknown) => {
      throw new Error((error as { stdout: string }).stdout);
    });
    const token = await served.key(newOrganization());
    const { stdout } = await run(process.execPath, ['consumer.js', served.url, token], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual({
      limit: 1,
      output: { text: 'hello' },
      cost: 0.4,
      held: 0.25,
      refusal: [402, 'monthly_cost', 1],
      entries: 1,
      next: 'string',
    });
  });

  it('is a page for people too, without a script', async () => {
    const { status, text, headers } = await served.ask('get', '/docs');
    expect(status).toBe(200);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(text).toContain('/api/v1/external-agents/{agent_id}/invoke');
    expect(text).not.toMatch(/<script|https?:\/\//);
  });
});
