import type { Connection } from '@temporalio/client';
import { SearchAttributeName } from '../contract/names/search-attributes';

const KEYWORD = 2; // temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD

type Operator = Pick<Connection, 'operatorService'>;

/** Makes sure that the namespace knows our search attributes: an unregistered one would block every run for ever. */
export async function registerSearchAttributes(connection: Operator, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(SearchAttributeName).filter((name) => !(name in customAttributes));
  if (missing.length > 0) await addSearchAttributes(connection, namespace, missing);
}

/** For a server that is new, or that cannot list what it has: the time-skipping one. */
export async function addSearchAttributes(
  connection: Operator,
  namespace: string,
  names: readonly string[] = Object.values(SearchAttributeName),
): Promise<void> {
  const searchAttributes = Object.fromEntries(names.map((name) => [name, KEYWORD]));
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    // Another worker that starts at the same time may have been first.
    if (!String(error).includes('ALREADY_EXISTS')) throw error;
  }
}
