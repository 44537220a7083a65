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
      ['Key', 'apiKey' in agent ? agent.apiKey : null],
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

function whereOf(agent: AgentDefinition): string {
  if (agent.platform === 'in_process') return agent.functionName;
  return agent.endpoint ?? ('tokenEndpoint' in agent ? (agent.tokenEndpoint ?? '') : '');
}
