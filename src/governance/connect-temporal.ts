import { Client, Connection } from '@temporalio/client';
import { readConfig } from '../config';
import { encryptionFrom } from '../encryption';

/** A client on the Temporal server that the environment names: TEMPORAL_ADDRESS, else the one that `npm start` runs here. */
export async function connectTemporal(): Promise<Client> {
  const config = readConfig();
  const { temporalAddress, temporalPort, temporalNamespace: namespace } = config;
  const dataConverter = await encryptionFrom(config);
  const connection = await Connection.connect({ address: temporalAddress ?? `127.0.0.1:${String(temporalPort)}` });
  return new Client({ connection, namespace, ...(dataConverter && { dataConverter }) });
}
