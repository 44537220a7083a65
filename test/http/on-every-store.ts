import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { databaseUrl } from '../store/support';
import { newOrganization, serve, type Answer, type TestApi } from './support';

/** An API on some store, and a key of role manage of an organization of its own for each test. */
export interface Managed {
  readonly served: TestApi;
  readonly token: string;
  readonly organizationId: string;
  readonly ask: (method: string, path: string, body?: unknown) => Promise<Answer>;
}

/** The same tests over HTTP on every store. */
export function onEveryStoreOverHttp(name: string, tests: (managed: () => Managed) => void): void {
  describe.each([
    ['memory', undefined],
    ['postgres', () => createPostgresStore(databaseUrl())],
  ])(`${name} [%s]`, (_store, createStore) => {
    let served: TestApi;
    let managed: Managed;
    beforeAll(async () => {
      served = await serve(createStore === undefined ? {} : { store: createStore() });
    });
    afterAll(async () => {
      await served.stop();
      await served.store.close();
    });
    beforeEach(async () => {
      const organizationId = newOrganization();
      const token = await served.key(organizationId, { role: 'manage' });
      const ask: Managed['ask'] = (method, path, body) => served.ask(method, `/api/v1/${path}`, { token, body });
      managed = { served, token, organizationId, ask };
    });
    tests(() => managed);
  });
}
