import { PassThrough } from 'node:stream';
import pc from 'picocolors';
import { readTerminalSettings } from '../../src/config';
import { askOn } from '../../src/cli/show/ask';
import { counted, money, percent, seconds, when } from '../../src/cli/show/format';
import { createOutput } from '../../src/cli/show/output';
import { progressOn } from '../../src/cli/show/progress';
import { camelCase, snakeCase } from '../../src/cli/show/snake-case';
import { fields, table } from '../../src/cli/show/table';
import { terminalOf, type Terminal } from '../../src/cli/show/terminal';
import { clip, harmless, oneLine, widthOf } from '../../src/cli/show/text';
import { withoutPassword } from '../../src/cli/show/address';

const plain: Terminal = { colours: pc.createColors(false), width: Infinity };
const coloured: Terminal = { colours: pc.createColors(true), width: Infinity };

const columns = [
  { title: 'NAME', of: ([name]: [string, string]) => name },
  { title: 'COST', of: ([, cost]: [string, string]) => cost, isRight: true },
];

test('a table stands in columns, numbers to the right', () => {
  expect(
    table(
      [
        ['ada', '$1.00'],
        ['日本', '$1,000.00'],
      ],
      columns,
      plain,
    ),
  ).toBe(['NAME       COST', 'ada       $1.00', '日本  $1,000.00'].join('\n'));
});

test('a table that is too wide for the screen is cut where it is widest', () => {
  const lines = table([['a'.repeat(60), '$1.00']], columns, { ...plain, width: 30 }).split('\n');
  expect(lines[1]).toBe(`${'a'.repeat(22)}…  $1.00`);
  expect(lines.every((line) => widthOf(line) <= 30)).toBe(true);
});

test('what may not be cut is not, however narrow the screen is', () => {
  const wide = [{ title: 'KEY', of: () => 'k'.repeat(20), isWhole: true }, ...columns];
  const [, line] = table([['a'.repeat(60), '$1,234.567891']], wide, { ...plain, width: 10 }).split('\n');
  expect(line).toBe(`${'k'.repeat(20)}  aaaaaaa…  $1,234.567891`);
});

test('what is shown cannot steer the terminal, nor bring colours of its own', () => {
  expect(table([['\u001b[2J\u202eada\nbob', '1']], columns, coloured)).toBe(
    `\u001b[2mNAME\u001b[22m         \u001b[2mCOST\u001b[22m\n[2J ada bob     1`,
  );
});

test('fields are named, and what is null is left out', () => {
  expect(
    fields(
      [
        ['Status', 'ok'],
        ['Nothing', null],
        ['By', { text: 'ada', colour: coloured.colours.red }],
      ],
      plain,
    ),
  ).toBe('Status  ok\nBy      \u001b[31mada\u001b[39m');
});

test.each([
  ['plain', 5],
  ['日本語', 6],
  ['👩‍👩‍👧', 2],
  ['é', 1],
])('%s takes %d columns', (text, width) => {
  expect(widthOf(text)).toBe(width);
});

test('texts are cut and cleaned', () => {
  expect([clip('budget', 6), clip('budgets', 6), clip('日本語', 4)]).toEqual(['budget', 'budge…', '日…']);
  expect(oneLine('a\r\n\tb\u0007 ')).toBe('a b');
  expect(harmless('a\n\tb\u001b[31m')).toBe('a\n\tb\u{fffd}[31m');
});

test.each([
  [0, '$0.00'],
  [1.5, '$1.50'],
  [0.000001, '$0.000001'],
  [0.05465, '$0.05465'],
  [-0.4, '-$0.40'],
  [1234567.891, '$1,234,567.891'],
])('%d is shown as %s', (usd, shown) => {
  expect(money(usd)).toBe(shown);
});

test('shares, times, spans and counts', () => {
  expect([percent(0.821), percent(1), percent(null)]).toEqual(['82.1 %', '100 %', '']);
  expect([when('2026-11-25T14:47:12.345Z'), when(null)]).toEqual(['2026-11-25 14:47Z', '']);
  expect([seconds(46), seconds(5_000), seconds(120_000)]).toEqual(['46 ms', '5.0 s', '120 s']);
  expect([counted(1, 'run'), counted(0, 'run')]).toEqual(['1 run', '0 runs']);
});

test('names are in snake case, but for what is its owner’s', () => {
  const payload = { agentId: 'a', secretHeaders: { 'X-Key': 'env:K' }, output: { someField: 1 }, list: [{ spentUsd: 1 }], gone: undefined };
  const written = { agent_id: 'a', secret_headers: { 'X-Key': 'env:K' }, output: { someField: 1 }, list: [{ spent_usd: 1 }] };
  expect(snakeCase(payload)).toEqual(written);
  expect(camelCase(written)).toEqual({ ...payload, gone: undefined });
});

test.each([
  [{ isTTY: true, columns: 120 }, {}, true, 120],
  [{ isTTY: true }, {}, true, 80],
  [{ isTTY: true }, { NO_COLOR: '1' }, false, 80],
  [{ isTTY: true }, { NO_COLOR: '' }, true, 80],
  [{ isTTY: true }, { TERM: 'dumb' }, false, 80],
  [{}, {}, false, Infinity],
  [{}, { CI: 'true' }, false, Infinity],
  [{}, { FORCE_COLOR: '1' }, true, Infinity],
  [{}, { FORCE_COLOR: '0' }, false, Infinity],
  [{}, { FORCE_COLOR: '1', NO_COLOR: '1' }, false, Infinity],
])('%j with %j has colours: %s', (stream, env, hasColours, width) => {
  const terminal = terminalOf(stream, readTerminalSettings(env));
  expect(terminal.colours.isColorSupported).toBe(hasColours);
  expect(terminal.width).toBe(width);
});

test('a document is text or JSON, a list one object a line, and notes are apart', () => {
  const out: string[] = [];
  const err: string[] = [];
  const streams = { out: (line: string) => out.push(line), err: (line: string) => err.push(line) };
  for (const isJson of [false, true]) {
    const output = createOutput(isJson, plain, streams);
    output.document({ spentUsd: 1 }, () => 'spent');
    output.list([{ budgetId: 'a' }, { budgetId: 'b' }], () => 'two');
    output.note('beside');
  }
  expect(out).toEqual(['spent', 'two', '{"spent_usd":1}', '{"budget_id":"a"}', '{"budget_id":"b"}']);
  expect(err).toEqual(['beside', 'beside']);
});

test('progress is told on a terminal only, after a while, and leaves nothing behind', async () => {
  const written: string[] = [];
  const write = (text: string) => written.push(text);
  const slow = () => new Promise<number>((resolve) => setTimeout(resolve, 1_200, 7));
  const quick = () => Promise.resolve(1);
  expect(await progressOn({ isTTY: true, write }, false)('Looking', quick)).toBe(1);
  await Promise.all([progressOn({ write }, false)('Looking', slow), progressOn({ isTTY: true, write }, true)('Looking', slow)]);
  expect(written).toEqual([]);
  expect(await progressOn({ isTTY: true, write }, false)('Looking', slow)).toBe(7);
  // Timers may ring a little early.
  expect(written).toEqual([expect.stringMatching(/Looking \((1\.0 s|99\d ms)\)$/), '\r\u001b[K']);
});

test.each([
  ['postgresql://user:s3cret@host:5432/name', 'postgresql://user@host:5432/name'],
  ['postgresql://user:s3:cret@host/name', 'postgresql://user@host/name'],
  ['postgresql://user:s3@cret@host/name', 'postgresql://user@host/name'],
  ['postgresql://:s3cret@host/name', 'postgresql://host/name'],
  ['postgresql://host/name', 'postgresql://host/name'],
  ['postgresql://host/name?sslmode=require&password=s3cret', 'postgresql://host/name'],
  ['postgresql:///name?host=/run/postgresql&user=me&password=s3cret', 'postgresql://me@/run/postgresql/name'],
  ['postgresql://me:s3cret@/name?host=/run/postgresql', 'postgresql://me@/run/postgresql/name'],
  ['postgres://me:s3cret@[::1]:5432/name', 'postgres://me@[::1]:5432/name'],
  // Characters that should have been escaped: the password may be anywhere.
  ['postgresql://user:123/s3cret@host/name', 'a database whose address cannot be read'],
  ['postgresql://user:123#s3cret@host/name', 'a database whose address cannot be read'],
  ['postgresql://user:123?s3cret@host/name', 'a database whose address cannot be read'],
  ['postgresql://user:s3cret/@host/name', 'a database whose address cannot be read'],
  ['user=me password=s3cret', 'a database whose address cannot be read'],
  ['/run/postgresql s3cret', 'a database whose address cannot be read'],
  ['', 'a database whose address cannot be read'],
])('%s is shown without its password', (url, shown) => {
  expect(withoutPassword(url)).toBe(shown);
});

test.each([
  ['y', true],
  ['YES', true],
  ['', false],
  ['n', false],
  ['yesterday', false],
  [null, false],
])('%j is taken for %j', async (said, isAgreed) => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const asked = askOn(input, output)('Do that?');
  if (said === null) input.end();
  else input.write(`${said}\n`);
  expect([await asked, String(output.read())]).toEqual([isAgreed, 'Do that? [y/N] ']);
});
