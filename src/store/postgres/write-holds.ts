import type { Hold } from '../../domain/ledger';
import { bulkInsert, replacing, type BulkTable } from './bulk-insert';
import { bodyOf } from './hold-row';

const TABLE: BulkTable<Hold> = {
  name: 'holds',
  columns: {
    organization_id: 'text',
    key: 'text',
    agent_id: 'text',
    state: 'text',
    at: 'bigint',
    expires_at: 'bigint',
    settled_at: 'bigint',
    held: 'bigint',
    body: 'json',
  },
  cellsOf: (hold) => [
    hold.organizationId,
    hold.key,
    hold.call.agentId,
    hold.state,
    hold.at,
    hold.expiresAt,
    hold.settledAt,
    hold.heldMicroUsd,
    JSON.stringify(bodyOf(hold)),
  ],
};

/** Fails, and changes nothing, where one of the keys is there already. */
export const insertHolds = bulkInsert('insert_holds', TABLE);

export const replaceHolds = bulkInsert('replace_holds', TABLE, replacing(['organization_id', 'key'], TABLE.columns));
