import { existsSync } from 'node:fs';
import path from 'node:path';
import { readConfig } from '../../src/config';
import { ExitCode } from '../../src/cli/exit-code';
import { ACCESS } from '../../src/http/access';
import { STATUS_OF } from '../../src/http/problem-of';
import { ROOT, textOf } from './pages';

/** The cells of each row of the table whose head has these. */
function rowsUnder(page: string, ...head: readonly string[]): string[][] {
  const rows = textOf(page)
    .split('\n')
    .map((line) =>
      line.startsWith('|')
        ? line
            .split('|')
            .slice(1, -1)
            .map((cell) => cell.trim())
        : null,
    );
  const begin = rows.findIndex((row) => JSON.stringify(row) === JSON.stringify(head));
  if (begin < 0) throw new Error(`${page} has no table of ${head.join(', ')}`);
  const after = rows.slice(begin + 2);
  return after.slice(0, after.indexOf(null)).map((row) => row ?? []);
}

const namesIn = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

/** What a variable may be where one that is set makes others be read. */
const SET: Readonly<Record<string, string>> = {
  OPENAI_BASE_URL: 'http://127.0.0.1:1/v1',
  SMTP_URL: 'smtp://127.0.0.1',
  JWKS_URL: 'http://127.0.0.1:1/keys',
  JWT_ISSUER: 'issuer',
  JWT_AUDIENCE: 'audience',
};

test('the README has every variable that the configuration reads, and no other', () => {
  const read = new Set<string>();
  const touched = (name: string | symbol) => {
    read.add(String(name));
    return SET[String(name)];
  };
  readConfig(new Proxy({}, { get: (_target, name) => touched(name) }));
  const shown = rowsUnder('README.md', 'variable', 'meaning').flatMap(([cell]) => namesIn(cell));
  expect([...shown].sort()).toEqual([...read].sort());
  expect(shown.length).toBeGreaterThan(25);
});

test('docs/http.md has every route, with the role that it takes', () => {
  const shown = rowsUnder('docs/http.md', 'route', 'role', 'what it does').map(([route = '', role]) => {
    const [method = '', path = ''] = (namesIn(route)[0] ?? '').split(' ');
    const isPublic = role === 'none';
    return [`${method.toLowerCase()} ${isPublic ? '' : '/api/v1'}${path}`, isPublic ? 'public' : role];
  });
  expect(shown).toEqual(Object.entries(ACCESS));
});

test('docs/http.md has every status that the domain refuses with', () => {
  const shown = rowsUnder('docs/http.md', 'status', 'type', 'means').map(([status]) => Number(status));
  expect(Object.values(STATUS_OF).filter((status) => !shown.includes(status))).toEqual([]);
});

test('docs/command-line.md has every exit code', () => {
  const shown = rowsUnder('docs/command-line.md', 'exit code', 'means').map(([code]) => Number(code));
  expect(shown).toEqual(Object.values(ExitCode));
});

test('docs/reliability.md names, for every database fault, tests that there are', () => {
  const files = rowsUnder('docs/reliability.md', 'fault', 'expected answer', 'where').flatMap(
    ([, , where = '']) => where.match(/test\/[\w/.-]+/g) ?? [],
  );
  expect(files.length).toBeGreaterThan(8);
  expect(files.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
});
