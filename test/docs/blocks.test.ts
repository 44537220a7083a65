import { assertCurl } from './curl';
import { EXAMPLES, examplesWith, isRunByTest } from './examples';
import { blocksOf, isOfCommands, isOfContainers, isOfIntegration, PAGES, stepsOf, type Block } from './pages';
import { isShownJson, isShownText } from './shown';

const blocks = PAGES.flatMap((page) => blocksOf(page));
const placeOf = ({ page, line }: Block) => `${page}:${String(line)}`;

/** Which test sees to a block; null: none. */
function ruleFor(block: Block): string | null {
  const isShown = stepsOf(block.page).some(({ shown }) => shown?.line === block.line);
  if (isOfContainers(block)) return 'containers';
  if (isOfIntegration(block)) return 'integration';
  if (isOfCommands(block)) return 'commands';
  if (block.language === 'ts') return 'examples';
  if (isShown) return 'shown';
  // What test/deploy compares with the compose file.
  if (block.page === 'docs/deployment.md' && ['yaml', 'caddyfile'].includes(block.language)) return 'deploy';
  // What webhook.test.ts compares with what is sent.
  return block.language === 'json' && block.page === 'docs/alerts.md' ? 'webhook' : null;
}

test('each block of the README and of docs is one that a test executes or compares', () => {
  expect(blocks.filter((block) => ruleFor(block) === null).map(placeOf)).toEqual([]);
  expect(blocks.filter((block) => ruleFor(block) === 'webhook')).toHaveLength(1);
  expect(new Set(blocks.map(({ page }) => page)).size).toBeGreaterThan(7);
});

test.each(blocks.filter(({ language }) => language === 'ts').map((block) => [placeOf(block), block.text]))(
  '%s stands in an example that a test runs',
  (_place, text) => {
    expect(examplesWith(text).filter(isRunByTest)).not.toEqual([]);
  },
);

describe('what is compared can fail', () => {
  test.each([
    ['a figure', '{ "cost_usd": 0.36 }', '{ "cost_usd": 0.35 }', false],
    ['a field that is not there', '{ "cost": 0.36 }', '{ "cost_usd": 0.36 }', false],
    ['a list that is longer', '[{ "a": 1 }]', '[{ "a": 1 }, { "a": 2 }]', false],
    ['a text where an instant is shown', '{ "at": "2026-01-04T12:00:00Z" }', '{ "at": "soon" }', false],
    ['another instant, and more fields', '{ "at": "2026-01-04T12:00:00Z" }', '{ "at": "2027-01-04T12:00:00.000Z", "b": 1 }', true],
  ])('JSON: %s', (_what, shown, real, fits) => {
    expect(isShownJson(JSON.parse(shown), JSON.parse(real))).toBe(fits);
  });

  test.each([
    ['the same but for its columns', 'Status  denied\nWhy  none', 'Status        denied\nWhy     none\n', true],
    ['another amount', 'Remaining: $0.50', 'Remaining: $0.60', false],
    ['another line', 'a\nc', 'a\nb\nc', false],
    ['lines left out', 'a\n...\nd', 'a\nb\nc\nd', true],
    ['the end left out', 'a', 'a\nb', false],
    ['the end of a line left out', 'Web UI  http://...', 'Web UI http://127.0.0.1/x', true],
    ['another time', 'Resets  2026-11-26 00:00Z', 'Resets  2027-01-01 00:00Z', true],
    ['no time', 'Resets  2026-11-26 00:00Z', 'Resets  never', false],
  ])('text: %s', (_what, shown, real, fits) => {
    expect(isShownText(shown, real, false)).toBe(fits);
  });

  test('code: a word that no example has, lines in another order, a paragraph of another file', () => {
    const [, code = ''] = [...EXAMPLES].find(([file]) => file.endsWith('reserve-and-commit.ts')) ?? [];
    const only = new Map([['one.ts', code]]);
    const block = 'const governance = new GovernanceService({ databaseUrl });\nawait governance.initialize();\n';
    expect(examplesWith(block, only)).toEqual(['one.ts']);
    expect(examplesWith(block.replace('databaseUrl', 'url'), only)).toEqual([]);
    expect(examplesWith(block.split('\n').reverse().join('\n'), only)).toEqual([]);
    expect(examplesWith(`${block}\nconst client = createBudgetClient();\n`, only)).toEqual([]);
  });

  test.each([
    ['curl 7.81.0 (x86_64-pc-linux-gnu) libcurl/7.81.0', 'Here is curl 7.81.0.'],
    ['', 'Here is none.'],
    ['curl 7.82.0 (x86_64-pc-linux-gnu)', null],
    ['curl 8.5.0 (x86_64-apple-darwin23.0)', null],
  ])('curl: %j', (said, refusal) => {
    const check = expect(() => {
      assertCurl(said);
    });
    if (refusal === null) check.not.toThrow();
    else check.toThrow(refusal);
  });

  test.each([
    ['a language that no rule covers', '```yaml\na: 1\n```\n', 'yaml'],
    ['JSON that nothing prints', '```json\n{}\n```\n', 'json'],
  ])('a block: %s', (_what, page, language) => {
    const [block] = blocksOf('nowhere.md', page);
    expect(block?.language).toBe(language);
    expect(() => blocksOf('nowhere.md', '- a list\n\n  ```sh\n  rm -rf x\n  ```\n')).toThrow('no block at the margin');
  });
});
