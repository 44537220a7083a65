import type { NewKey } from '../../src/domain/api-key';
import { issueKey } from '../../src/store/keys';
import { NOON, type Ledger } from './support';

/** A key of the ledger's organization that may invoke, unless told otherwise. */
export const issue = (ledger: Ledger, more: Partial<NewKey> = {}, at = NOON) =>
  issueKey(ledger.store, { organizationId: ledger.organizationId, role: 'invoke', name: 'job', ...more }, at);
