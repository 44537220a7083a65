import { GLOBAL_CHANNEL } from '../../agents/direct-line-access';
import type { AgentDefinition } from '../../contract/schemas/agent';
import { money, moneyOr, seconds } from '../show/format';
import { fields, table } from '../show/table';
import type { Terminal } from '../show/terminal';

export function agentTable(rows: readonly (AgentDefinition & { organizationId: string })[], terminal: Terminal): string {
  return table(
    rows,
    [
      { title: 'ORGANIZATION', of: (row) => row.organizationId },
      { title: 'AGENT', of: (row) => row.agentId },
      { title: 'PLATFORM', of: (row) => row.platform },
      { title: 'MODEL', of: (row) => row.model ?? '' },
      { title: 'WHERE', of: whereOf },
      { title: 'ESTIMATE', of: (row) => moneyOr('by input', row.estimatedCostUsd ?? null), isRight: true },
    ],
    terminal,
  );
}

export function agentText(agent: AgentDefinition, terminal: Terminal): string {
  const { prices } = agent;
  const secretHeaders = 'secretHeaders' in agent ? Object.entries(agent.secretHeaders) : [];
  return fields(
    [
      ['Agent', agent.agentId],
      ['Platform', agent.platform],
      ['Where', whereOf(agent)],
      ['Model', agent.model ?? null],
      ['Key', keyOf(agent)],
      ['Headers', secretHeaders.length === 0 ? null : secretHeaders.map(([name, reference]) => `${name} from ${reference}`).join(', ')],
      [
        'Prices',
        prices === undefined
          ? null
          : Object.entries(prices)
              .map(([name, usd]) => `${name} ${String(usd)}`)
              .join(', '),
      ],
      ['Estimate', agent.estimatedCostUsd === undefined ? 'by its input' : money(agent.estimatedCostUsd)],
      ['Attempts', `${String(agent.maxAttempts)} of at most ${seconds(agent.timeoutMs)}`],
    ],
    terminal,
  );
}

function keyOf(agent: AgentDefinition): string | null {
  return ('apiKey' in agent ? agent.apiKey : 'secret' in agent ? agent.secret : null) ?? null;
}

function whereOf(agent: AgentDefinition): string {
  if (agent.platform === 'in_process') return agent.functionName;
  if (agent.platform === 'copilot_studio') return agent.endpoint ?? agent.tokenEndpoint ?? GLOBAL_CHANNEL;
  return agent.endpoint;
}
