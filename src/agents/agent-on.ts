import type { AgentDefinition } from '../contract/schemas/agent';

/** The definition of an agent on one of these platforms. */
export type AgentOn<Platform extends AgentDefinition['platform']> = Extract<AgentDefinition, { platform: Platform }>;
