import { z } from 'zod';
import { endpoint } from '../contract/schemas/primitives';
import { resolveSecret, type Environment } from '../outbound/secrets';
import { AgentFailure, AgentFailureCode } from './agent';
import type { CopilotAgent, Requester } from './direct-line-request';
import { issuedToken, type IssuedToken } from './direct-line-token';

/** Where bots are that no region keeps to itself. */
export const GLOBAL_CHANNEL = 'https://directline.botframework.com';

const channelSettings = z.object({ channelUrlsById: z.object({ directline: endpoint }) });

/** Where a conversation is started, and with which credential. */
export interface DirectLineAccess {
  readonly channel: string;
  readonly credential: IssuedToken;
}

/** Finds channel and credential: the secret itself, or a fresh token and the region's channel from the token endpoint. */
export async function accessTo(agent: CopilotAgent, request: Requester, env: Environment, signal: AbortSignal): Promise<DirectLineAccess> {
  if (agent.secret !== undefined) {
    const token = await resolveSecret(agent.secret, env);
    return { channel: baseOf(agent.endpoint ?? GLOBAL_CHANNEL), credential: { token } };
  }
  if (agent.tokenEndpoint === undefined) throw misconfigured(agent, 'has neither a secret nor a token endpoint');
  const { tokenEndpoint } = agent;
  const [credential, channel] = await Promise.all([
    request(issuedToken, { method: 'GET', url: tokenEndpoint, signal }),
    agent.endpoint ?? regionalChannel(agent, tokenEndpoint, request, signal),
  ]);
  return { channel: baseOf(channel), credential };
}

/** A regional bot's requests fail, or leave the region, on the global channel, so Copilot Studio is asked for the bot's own. */
async function regionalChannel(agent: CopilotAgent, tokenEndpoint: string, request: Requester, signal: AbortSignal): Promise<string> {
  const url = new URL(tokenEndpoint);
  const [environment, botsPath] = url.pathname.split('/powervirtualagents/');
  // Somebody's own token server, which knows nothing of regions.
  if (environment === undefined || botsPath === undefined) return GLOBAL_CHANNEL;
  const settings = new URL(`${environment}/powervirtualagents/regionalchannelsettings`, url);
  settings.searchParams.set('api-version', url.searchParams.get('api-version') ?? '2022-03-01-preview');
  const { channelUrlsById } = await request(channelSettings, { method: 'GET', url: settings.href, signal });
  const channel = channelUrlsById.directline;
  if (url.protocol === 'https:' && new URL(channel).protocol !== 'https:')
    throw misconfigured(agent, `is sent by its token endpoint to ${new URL(channel).host} without TLS`);
  return channel;
}

/** Both forms are in use: with and without the version's path. */
function baseOf(channel: string): string {
  return channel.replace(/\/+$/, '').replace(/\/v3\/directline$/, '');
}

function misconfigured({ agentId }: CopilotAgent, what: string): AgentFailure {
  return new AgentFailure(AgentFailureCode.misconfigured, `Agent ${agentId} ${what}`, { isRetryable: false, mayHaveBeenBilled: false });
}
