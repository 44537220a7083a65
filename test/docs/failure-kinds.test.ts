import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, textOf } from './pages';

const [, ofKinds = ''] = textOf('docs/reliability.md').split('## Kinds of failure');
const rows = [...ofKinds.matchAll(/^\| (.+?) +\| (test\/.+?) +\|$/gm)].map(
  ([, kind = '', files = '']) => [kind, files.split(', ')] as const,
);

test('the page lists kinds of failure', () => {
  expect(rows.length).toBeGreaterThan(50);
});

test.each(rows)('%s: a test says so', (kind, files) => {
  for (const file of files) {
    const titles = readFileSync(path.join(ROOT, file), 'utf8').replaceAll('’', "'").replaceAll("\\'", "'").toLowerCase();
    expect(titles.includes(kind.toLowerCase()) ? '' : file).toBe('');
  }
});
