import type { Hold } from '../../domain/ledger';
import { bulkInsert, replacing, type Columns } from './bulk-insert';
import { bodyOf } from './hold-row';

const COLUMNS: Columns<Hold> = {
  key: ['text', (hold) => hold.key],
  agent_id: ['text', (hold) => hold.call.agentId],
  state: ['text', (hold) => hold.state],
  at: ['bigint', (hold) => hold.at],
  expires_at: ['bigint', (hold) => hold.expiresAt],
  settled_at: ['bigint', (hold) => hold.settledAt],
  held: ['bigint', (hold) => hold.heldMicroUsd],
  body: ['json', (hold) => JSON.stringify(bodyOf(hold))],
};

/** Fails, and changes nothing, where one of the keys is there already. */
export const insertHolds = bulkInsert('h', 'holds', COLUMNS);

export const replaceHolds = bulkInsert('r', 'holds', COLUMNS, replacing(['organization_id', 'key'], COLUMNS));
