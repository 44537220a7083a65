import { AzureOpenAI, OpenAI } from 'openai';
import type { AgentOn } from './agent-on';

export type ChatAgent = AgentOn<'openai_compatible' | 'azure_openai'>;

/**
 * An OpenAI client for one call. Everything that the package would read from the environment is set here: the registry alone
 * decides where a key is sent. Its own retries and time-out are off: each would hide an attempt from the ledger.
 */
export function createChatClient(
  agent: ChatAgent,
  apiKey: string,
  fetch: (url: string | URL | Request, init?: RequestInit) => Promise<Response>,
) {
  const options = {
    apiKey,
    fetch,
    maxRetries: 0,
    timeout: agent.timeoutMs + 60_000,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: 'off',
  } as const;
  const endpoint = agent.endpoint.replace(/\/+$/, '');
  if (agent.platform === 'openai_compatible') return new OpenAI({ ...options, adminAPIKey: null, baseURL: endpoint });
  return new AzureOpenAI({ ...options, baseURL: `${endpoint}/openai`, deployment: agent.model, apiVersion: agent.apiVersion });
}
