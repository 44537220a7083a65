import { command, type Command } from '../../src/cli/args/command';
import { text, toggle, usd, whole, withDefault } from '../../src/cli/args/flag';
import { parse } from '../../src/cli/args/parse';
import { slipsBetween, suggest } from '../../src/cli/args/suggest';
import { UsageError } from '../../src/cli/args/usage-error';
import { COMMANDS } from '../../src/cli/commands';
import type { Context } from '../../src/cli/context';
import { ExitCode } from '../../src/cli/exit-code';

let seen: unknown;
const nothing = {} as Context;

const jump = command({
  name: 'jump',
  summary: 'jumps',
  operands: ['OVER', '[AND...]'],
  flags: {
    height: withDefault(whole('how high', 1, 9), 3),
    price: usd('what it costs'),
    twice: toggle('again'),
    note: text('WORDS', 'why'),
  },
  examples: [],
  run: (_context, values, operands) => {
    seen = { ...values, operands };
    return Promise.resolve(ExitCode.ok);
  },
});
const put = command({ name: 'things put', summary: 'puts', operands: ['THING'], examples: [], run: () => Promise.resolve(ExitCode.ok) });
const list = command({ name: 'things list', summary: 'lists', examples: [], run: () => Promise.resolve(ExitCode.ok) });
const commands: readonly Command[] = [jump, put, list];

async function valuesOf(...args: string[]): Promise<unknown> {
  const wish = parse(commands, args);
  if (wish.kind !== 'run') throw new Error(`It is a wish for ${wish.kind}`);
  expect(await wish.run(nothing)).toBe(ExitCode.ok);
  return seen;
}

test.each([
  [['jump', 'a'], { height: 3, price: undefined, twice: false, note: undefined, operands: ['a'] }],
  [['jump', '--twice', 'a', 'b', '--height', '4'], { height: 4, price: undefined, twice: true, note: undefined, operands: ['a', 'b'] }],
  [['jump', '--price=2.5', 'a', '--note', '-'], { height: 3, price: 2_500_000, twice: false, note: '-', operands: ['a'] }],
  [['jump', '--height', '1', '--height', '2', 'a'], { height: 2, price: undefined, twice: false, note: undefined, operands: ['a'] }],
  [['jump', '--', '--a'], { height: 3, price: undefined, twice: false, note: undefined, operands: ['--a'] }],
])('%j is read', async (args, expected) => {
  expect(await valuesOf(...args)).toEqual(expected);
});

test.each([
  [['jmup'], 'There is no command "jmup". Did you mean `jump`? `agent-budget --help` lists them all.'],
  [['dance'], 'There is no command "dance". `agent-budget --help` lists them all.'],
  [['things', 'lits'], 'things has no command "lits". Did you mean `things list`? It has put, list.'],
  [['things', 'zzzzzz'], 'things has no command "zzzzzz". It has put, list.'],
  [['jump', '--hieght', '3', 'a'], 'jump has no option "--hieght". Did you mean `--height`? See `agent-budget jump --help`.'],
  [['jump', '-x', 'a'], 'jump has no option "-x". See `agent-budget jump --help`.'],
  [['jump', '--note', '--twice', 'a'], '--note needs a value: --note WORDS.'],
  [['jump', 'a', '--note'], '--note needs a value: --note WORDS.'],
  [['jump', 'a', '--twice=yes'], '--twice takes no value.'],
  [['jump', 'a', '--json=yes'], '--json takes no value.'],
  [['jump'], 'OVER is missing. Usage: agent-budget jump OVER [AND...]. See `agent-budget jump --help`.'],
  [['things', 'put', 'a', 'b'], '"b" is one too many. Usage: agent-budget things put THING. See `agent-budget things put --help`.'],
  [['jump', 'a', '--height', '12'], '--height must be a whole number from 1 to 9, not "12".'],
  [['jump', 'a', '--price', '-1'], '--price must be an amount of USD, as 2.50, not "-1".'],
])('%j is refused, and says why', (args, message) => {
  expect(() => parse(commands, args)).toThrow(new UsageError(message));
});

// Object's own members are no options, whatever they are named.
test.each(Object.getOwnPropertyNames(Object.prototype))('--%s is no option', (name) => {
  expect(() => parse(commands, ['jump', 'a', `--${name}`])).toThrow(`jump has no option "--${name}".`);
  expect(() => parse(commands, ['jump', 'a', `--${name}=x`])).toThrow(`jump has no option "--${name}".`);
  expect(() => parse(commands, [name])).toThrow(`There is no command "${name}".`);
  expect(() => parse(commands, ['things', name])).toThrow(`things has no command "${name}".`);
});

test.each([
  [[], 3, false],
  [['--help'], 3, true],
  [['help'], 3, true],
  [['things'], 2, false],
  [['things', '--help'], 2, true],
  [['help', 'things'], 2, true],
  [['things', 'put', '--help'], 1, true],
  [['help', 'things', 'put'], 1, true],
  [['jump', '-h', 'a', '--price', '3'], 1, true],
])('%j is a wish for help', (args, of, isAsked) => {
  const wish = parse(commands, args);
  expect(wish).toMatchObject({ kind: 'help', isAsked });
  expect(wish.kind === 'help' && wish.of).toHaveLength(of);
});

test.each(['--version', '-v'])('%s is a wish for the version', (flag) => {
  expect(parse(commands, [flag])).toEqual({ kind: 'version' });
});

test.each([
  ['budgets', 'budgets', 0],
  ['budgts', 'budgets', 1],
  ['bugdets', 'budgets', 1],
  ['budgetts', 'budgets', 1],
  ['badgets', 'budgets', 1],
  ['keys', 'budgets', 5],
  ['', 'keys', 4],
])('from %j to %j it is %d slips', (a, b, slips) => {
  expect(slipsBetween(a, b)).toBe(slips);
  expect(slipsBetween(b, a)).toBe(slips);
});

test.each([
  ['stat', 'start'],
  ['bugdets', 'budgets'],
  ['doc', 'doctor'],
  ['inv', 'invoke'],
  ['x', null],
  ['zebra', null],
])('%j was probably %j', (word, meant) => {
  expect(suggest(word, ['start', 'worker', 'invoke', 'budgets', 'keys', 'doctor'])).toBe(meant);
});

/** The words of a line, as a shell takes them; what pipes and redirections lead to is another program's. */
function wordsOf(line: string): string[] {
  const own = line.slice(line.indexOf('agent-budget ') + 'agent-budget '.length).split(/ [|>] /)[0] ?? '';
  return [...own.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, bare]) => single ?? double ?? bare ?? '');
}

describe('the real commands', () => {
  const examples = COMMANDS.flatMap(({ name, examples: own }) => {
    const joined = own
      .map(([line]) => line)
      .join('\n')
      .replaceAll(/ \\\n\s*/g, ' ');
    return joined.split('\n').map((line) => [name, line] as const);
  });

  test.each(examples)('%s: the example %s is a command line', (name, line) => {
    const wish = parse(COMMANDS, wordsOf(line));
    expect(wish).toMatchObject({ kind: 'run', command: { name } });
  });

  it('have one example at least, and names of their own', () => {
    expect(COMMANDS.filter((one) => one.examples.length === 0)).toEqual([]);
    expect(new Set(COMMANDS.map(({ name }) => name)).size).toBe(COMMANDS.length);
  });
});
