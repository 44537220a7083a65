import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ROOT, textOf, yamlOf } from './files';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const rules = (yamlOf('deploy/prometheus/alerts.yml') as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);
const board = JSON.parse(textOf('deploy/grafana/dashboards/agent-budget.json')) as {
  uid: string;
  panels: { title: string; datasource: { uid: string }; targets: { expr: string }[] }[];
};

/** The names of our own metrics, from where they are made; those of histograms with their three suffixes. */
function emitted(): Set<string> {
  const files = [...readdirSync(path.join(ROOT, 'activities')).map((file) => `activities/${file}`), 'src/http/metrics.ts'];
  const made = files.map(textOf).join('\n');
  const names = [...made.matchAll(/'(agent_budget_\w+)'/g)].map(([, name = '']) => name);
  return new Set(names.flatMap((name) => (new RegExp(`istogram\\([^)]*'${name}'`).test(made) ? suffixed(name) : [name])));
}

/** What was seen at the SDK's and the server's /metrics. */
function scraped(): Set<string> {
  const lines = textOf('test/deploy/fixtures/scraped.txt').split('\n');
  return new Set(
    lines.flatMap((line) => {
      const [name = '', type] = line.split(' ');
      return type === 'histogram' ? suffixed(name) : [name];
    }),
  );
}

const suffixed = (name: string) => ['_bucket', '_sum', '_count'].map((suffix) => name + suffix);
const KEYWORDS = new Set(['by', 'and', 'or', 'unless', 'offset', 'without', 'on']);
const known = new Set([...emitted(), ...scraped(), 'up', 'ALERTS']);

/** The metrics that an expression names: what is left of it without strings, labels, ranges, functions and keywords. */
function metricsOf(expr: string): string[] {
  const bare = expr.replaceAll(/"[^"]*"/g, '""').replaceAll(/\{[^}]*\}|\[[^\]]*\]|\b(by|without|on) ?\([^)]*\)/g, ' ');
  const words = [...bare.matchAll(/\b([a-zA-Z_]\w*)\b( *\()?/g)].filter(([, , call]) => call === undefined).map(([, word = '']) => word);
  return words.filter((word) => !KEYWORDS.has(word) && !/^\d+[a-z]$/.test(word));
}

const expressions: [string, string][] = [
  ...rules.map(({ alert, expr }): [string, string] => [`the alert ${alert}`, expr]),
  ...board.panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }, index): [string, string] => [`the panel ${title}, ${index}`, expr]),
  ),
];

test.each(expressions)('%s asks for metrics that there are', (_where, expr) => {
  expect(metricsOf(expr)).not.toEqual([]);
  expect(metricsOf(expr).filter((name) => !known.has(name))).toEqual([]);
});

test.each([
  ['sum by (outcome) (rate(agent_budget_decision{outcome="denied"}[5m])) > 0', ['agent_budget_decision']],
  ['sum(agent_budget_charged_usd)', ['agent_budget_charged_usd']],
  ['absent(temporal_pollers{job="worker"} > 0) or up == 0', ['temporal_pollers']],
])('a name that nobody emits is found: %s', (expr, expected) => {
  expect(metricsOf(expr).filter((name) => !known.has(name))).toEqual(expected);
});

test('outcomes are those that are counted', () => {
  const counted = /outcome: ('\w+'(?: \| '\w+')+)/.exec(textOf('activities/budget-metrics.ts'))?.[1] ?? '';
  const asked = new Set(expressions.flatMap(([, expr]) => [...expr.matchAll(/outcome="(\w+)"/g)].map(([, outcome = '']) => outcome)));
  expect([...asked].filter((outcome) => !counted.includes(`'${outcome}'`))).toEqual([]);
});

test('every alert says how urgent it is and what it means, and has figures that make it fire', () => {
  const figures = textOf('test/deploy/alerts.promtool.yml');
  for (const { alert, labels, annotations } of rules) {
    expect(['page', 'ticket']).toContain(labels['severity']);
    expect(annotations['summary']).toBeDefined();
    expect(figures).toContain(`alertname="${alert}"`);
  }
});

test('the board is found, and asks the data source that is there', () => {
  const sources = yamlOf('deploy/grafana/provisioning/datasources/prometheus.yml') as { datasources: { uid: string }[] };
  const uids = sources.datasources.map(({ uid }) => uid);
  expect(board.panels.filter(({ datasource }) => !uids.includes(datasource.uid))).toEqual([]);
  const { providers } = yamlOf('deploy/grafana/provisioning/dashboards/boards.yml') as { providers: { options: { path: string } }[] };
  expect(textOf('docker-compose.yml')).toContain(`./deploy/grafana/dashboards:${providers[0]?.options.path ?? 'nowhere'}:ro`);
});
