import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

interface LintedFile {
  readonly filePath: string;
  readonly messages: readonly { readonly line: number; readonly ruleId: string | null }[];
}

const fixtures = path.join(__dirname, 'fixtures');
const root = path.join(__dirname, '../..');

// The fixtures are a small tree of the same shape as this one. Each line that a rule must refuse says so.
describe('the rules of the architecture', () => {
  let linted: ReadonlyMap<string, LintedFile>;

  beforeAll(async () => {
    const files = await lintFixtures();
    linted = new Map(files.map((file) => [path.relative(fixtures, file.filePath), file]));
  });

  it.each([
    'activities/imports.ts',
    'src/agents/imports.ts',
    'src/cli/imports.ts',
    'src/client/imports.ts',
    'src/config.ts',
    'src/contract/names/imports.ts',
    'src/contract/payloads/imports.ts',
    'src/contract/schemas/imports.ts',
    'src/domain/imports.ts',
    'src/domain/impure.ts',
    'src/governance/imports.ts',
    'src/ground/imports.ts',
    'src/http/imports.ts',
    'src/main.ts',
    'src/middleware/imports.ts',
    'src/notify/imports.ts',
    'src/outbound/imports.ts',
    'src/store/environment.ts',
    'src/store/imports.ts',
    'src/testing/imports.ts',
    'src/worker/imports.ts',
    'test/imports.ts',
    'unknown/part.ts',
    'workflows/imports.ts',
    'workflows/sandbox.ts',
  ])('refuse in %s exactly the lines marked so', (name) => {
    const messages = linted.get(name)?.messages ?? [{ line: 0, ruleId: 'not linted' }];
    const refused = messages.filter(({ ruleId }) => !ruleId?.startsWith('@typescript-eslint/')).map(({ line }) => line);

    expect([...new Set(refused)]).toEqual(linesMarked(name));
  });

  it('report a forbidden import as one of direction', () => {
    const [first] = linted.get('src/domain/imports.ts')?.messages ?? [];

    expect(first).toMatchObject({ line: 1, ruleId: 'boundaries/dependencies' });
  });
});

function linesMarked(name: string): number[] {
  const lines = readFileSync(path.join(fixtures, name), 'utf8').split('\n');
  return lines.flatMap((line, index) => (line.endsWith('// refused') ? [index + 1] : []));
}

// In a process of its own: jest cannot load eslint.config.mjs.
function lintFixtures(): Promise<LintedFile[]> {
  const eslint = path.join(root, 'node_modules/eslint/bin/eslint.js');
  const options = ['--config', path.join(root, 'eslint.config.mjs'), '--format', 'json', '.'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [eslint, ...options], { cwd: fixtures }, (_failure, stdout, stderr) => {
      if (stdout === '') reject(new Error(`ESLint answered nothing: ${stderr}`));
      else resolve(JSON.parse(stdout) as LintedFile[]);
    });
  });
}
