import { Client, Connection } from '@temporalio/client';
import { readConfig } from '../config';

/** A client on the Temporal server that the environment names: TEMPORAL_ADDRESS, else the one that `npm start` runs here. */
export async function connectTemporal(): Promise<Client> {
  const { temporalAddress, temporalPort, temporalNamespace } = readConfig();
  const connection = await Connection.connect({ address: temporalAddress ?? `127.0.0.1:${String(temporalPort)}` });
  return new Client({ connection, namespace: temporalNamespace });
}
