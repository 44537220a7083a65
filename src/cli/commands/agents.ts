import { agentDefinition, type AgentDefinition, type AgentDefinitionInput } from '../../contract/schemas/agent';
import { parse } from '../../contract/schemas/parse';
import { toUsd } from '../../domain/money';
import { assertId } from '../../domain/scope';
import { command } from '../args/command';
import { oneOf, span, text, texts, usd, whole, type ValuesOf } from '../args/flag';
import { UsageError } from '../args/usage-error';
import { ExitCode } from '../exit-code';
import { camelCase } from '../show/snake-case';
import { agentTable, agentText } from '../views/agent-text';
import { notFound, organization, organizationsOf, readJson } from './common';

const PLATFORMS = [
  'in_process',
  'custom_rest_api',
  'third_party_agent',
  'power_automate',
  'openai_compatible',
  'azure_openai',
  'copilot_studio',
] as const satisfies readonly AgentDefinition['platform'][];

const list = command({
  name: 'agents list',
  summary: 'registered agents',
  flags: { org: text('ORG', 'of this organization only') },
  examples: [['agent-budget agents list --org acme', 'what acme can invoke']],
  run: async (context, { org }) => {
    const store = await context.store();
    const rows: (AgentDefinition & { organizationId: string })[] = [];
    for (const organizationId of await organizationsOf(store, org)) {
      for (const agent of await store.agents(organizationId)) rows.push({ organizationId, ...agent });
    }
    context.output.list(rows, (terminal) => (rows.length === 0 ? 'No agents.' : agentTable(rows, terminal)));
    return ExitCode.ok;
  },
});

const show = command({
  name: 'agents show',
  summary: 'how an agent is registered',
  operands: ['AGENT'],
  flags: { org: organization },
  examples: [['agent-budget agents show summarizer --org acme --json > agent.json', 'what `agents put --from @agent.json` takes']],
  run: async (context, { org }, [agentId = '']) => {
    const agent = await (await context.store()).agent(org, agentId);
    if (agent === undefined) throw notFound('agent', agentId, org);
    context.output.document(agent, (terminal) => agentText(agent, terminal));
    return ExitCode.ok;
  },
});

const definition = {
  from: text('JSON|@FILE|-', 'the whole definition, in snake case; what is named beside it counts more'),
  platform: oneOf(PLATFORMS, 'what it runs on'),
  function: text('NAME', 'the function of an in_process agent, as the worker knows it'),
  endpoint: text('URL', 'where it is called'),
  model: text('MODEL', "the model's or deployment's name"),
  'api-key': text('env:NAME|file:/PATH', "where workers find the provider's key"),
  'api-version': text('VERSION', 'of an azure_openai agent, as 2024-10-21'),
  secret: text('env:NAME|file:/PATH', "where workers find a copilot_studio bot's Direct Line secret; or --token-endpoint"),
  'token-endpoint': text('URL', 'where a copilot_studio bot without a secret gives out tokens'),
  'quiet-period': span('how long a copilot_studio bot must be silent before its answer is complete'),
  'secret-header': texts('HEADER=env:NAME', 'an HTTP header and where workers find its value'),
  'cost-field': text('PATH', "where its cost is in a REST agent's answer, as usage.cost"),
  'output-field': text('PATH', 'where its output is'),
  estimate: usd('what an attempt is assumed to cost'),
  timeout: span('how long an attempt may take'),
  attempts: whole('how often it is tried', 1, 20),
};

const put = command({
  name: 'agents put',
  summary: 'register an agent, or register it anew',
  operands: ['AGENT'],
  flags: { org: organization, ...definition },
  examples: [
    ['agent-budget agents put writer --org acme --platform openai_compatible --endpoint http://localhost:4000/v1 \\', ''],
    ['    --model gpt-4o-mini --api-key env:OPENAI_API_KEY', 'workers read the key from their environment'],
    [
      'agent-budget agents put lookup --org acme --platform custom_rest_api --endpoint https://agents.example/lookup --cost-field cost_usd',
      '',
    ],
    ['agent-budget agents put bot --org acme --platform copilot_studio --secret env:DIRECT_LINE_SECRET', 'a bot of Copilot Studio'],
    ['agent-budget agents put lookup --org acme --from @agent.json', 'as `agents show --json` wrote it'],
    ['agent-budget agents put lookup --org acme --from \'{"prices":{"usd_per_call":0.02}}\' --platform custom_rest_api \\', ''],
    ['    --endpoint https://agents.example/lookup', 'with what has no option of its own'],
  ],
  notes: ['Secrets are references that workers resolve; a secret itself is refused. All of an earlier registration is replaced.'],
  run: async (context, values, [agentId = '']) => {
    assertId('agentId', agentId);
    assertId('organizationId', values.org);
    const agent = parse(agentDefinition, 'The agent', await definitionOf(agentId, values));
    await (await context.store()).putAgent(values.org, agent);
    context.output.document(agent, (terminal) => `Registered.\n${agentText(agent, terminal)}`);
    return ExitCode.ok;
  },
});

const remove = command({
  name: 'agents remove',
  summary: 'unregister an agent; what it spent stays',
  operands: ['AGENT'],
  flags: { org: organization },
  examples: [['agent-budget agents remove lookup --org acme', 'it can no longer be invoked']],
  run: async (context, { org }, [agentId = '']) => {
    if (!(await (await context.store()).removeAgent(org, agentId))) throw notFound('agent', agentId, org);
    context.output.document({ organizationId: org, agentId, isRemoved: true }, () => `Removed ${agentId}.`);
    return ExitCode.ok;
  },
});

export const agents = [list, show, put, remove];

async function definitionOf(agentId: string, values: ValuesOf<typeof definition>): Promise<Partial<AgentDefinitionInput>> {
  const from = values.from === undefined ? {} : camelCase(await readJson(values.from, 'from'));
  if (typeof from !== 'object' || from === null || Array.isArray(from)) throw new UsageError('--from must be a JSON object.');
  const secretHeaders = Object.fromEntries(values['secret-header'].map(headerOf));
  const named = {
    platform: values.platform,
    functionName: values.function,
    endpoint: values.endpoint,
    model: values.model,
    apiKey: values['api-key'],
    apiVersion: values['api-version'],
    secret: values.secret,
    tokenEndpoint: values['token-endpoint'],
    quietPeriodMs: values['quiet-period'],
    costField: values['cost-field'],
    outputField: values['output-field'],
    estimatedCostUsd: values.estimate === undefined ? undefined : toUsd(values.estimate),
    timeoutMs: values.timeout,
    maxAttempts: values.attempts,
    secretHeaders: values['secret-header'].length === 0 ? undefined : secretHeaders,
  };
  const given = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
  return { ...from, ...given, agentId };
}

function headerOf(pair: string): [string, string] {
  const at = pair.indexOf('=');
  // Not quoted: it may be the secret itself.
  if (at < 1) throw new UsageError('--secret-header must be HEADER=env:NAME or HEADER=file:/PATH.');
  return [pair.slice(0, at), pair.slice(at + 1)];
}
