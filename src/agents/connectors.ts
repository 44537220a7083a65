import type { AgentDefinition } from '../contract/schemas/agent';
import { SecretUnavailable } from '../outbound/errors';
import type { Outbound } from '../outbound/outbound';
import type { Environment } from '../outbound/secrets';
import { AgentFailure, AgentFailureCode, type AgentAnswer, type AgentCall, type Connector } from './agent';
import { createCopilotStudioConnector } from './copilot-studio';
import { createInProcessConnector, type InProcessAgents } from './in-process';
import { createChatConnector } from './openai-compatible';
import { createRestConnector } from './rest';

export interface ConnectorDependencies {
  readonly outbound: Pick<Outbound, 'fetch'>;
  /** Where `env:NAME` secrets are found. */
  readonly env: Environment;
  readonly inProcess: InProcessAgents;
  /** For Retry-After dates; milliseconds. */
  readonly now?: () => number;
}

/** One connector for all platforms. Throws AgentFailure, or the signal's own reason when cancelled, and nothing else. */
export function createConnectors({ outbound, env, inProcess, now = Date.now }: ConnectorDependencies): Connector {
  const functions = createInProcessConnector(inProcess);
  const rest = createRestConnector({ outbound, env, now });
  const chat = createChatConnector({ outbound, env, now });
  const copilotStudio = createCopilotStudioConnector({ outbound, env, now });

  function dispatch(agent: AgentDefinition, call: AgentCall): Promise<AgentAnswer> {
    switch (agent.platform) {
      case 'in_process':
        return functions.run(agent, call);
      case 'custom_rest_api':
      case 'third_party_agent':
      case 'power_automate':
        return rest.run(agent, call);
      case 'openai_compatible':
      case 'azure_openai':
        return chat.run(agent, call);
      case 'copilot_studio':
        return copilotStudio.run(agent, call);
    }
  }

  return {
    run: (agent, call) =>
      dispatch(agent, call).catch((error: unknown) => {
        if (error instanceof AgentFailure || (call.signal.aborted && error === call.signal.reason)) throw error;
        if (error instanceof SecretUnavailable) {
          const details = { isRetryable: false, mayHaveBeenBilled: false };
          throw new AgentFailure(AgentFailureCode.misconfigured, error.message, details);
        }
        // A fault of our own, at an unknown point: charged at the estimate, and not repeated. Its message may quote a secret.
        const name = error instanceof Error ? error.name : typeof error;
        const details = { isRetryable: false, mayHaveBeenBilled: true };
        throw new AgentFailure(AgentFailureCode.failed, `Agent ${agent.agentId}: its connector failed (${name})`, details);
      }),
  };
}
