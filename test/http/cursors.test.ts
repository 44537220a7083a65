import { createMemoryStore } from '../../src/store/memory/memory-store';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { databaseUrl } from '../store/support';
import { newOrganization, serve, type TestApi } from './support';

describe.each([
  ['memory', () => createMemoryStore()],
  ['postgres', () => createPostgresStore(databaseUrl())],
])('cursors [%s]', (_name, createStore) => {
  let served: TestApi;
  let token: string;
  beforeAll(async () => {
    served = await serve({ store: createStore() });
    token = await served.key(newOrganization());
    await served.ask('put', '/api/v1/budgets/one', { token, body: {} });
  });
  afterAll(async () => {
    await served.stop();
    await served.store.close();
  });

  it.each([
    ['budgets', ['\0']],
    ['budgets', ['a', 'b']],
    ['external-agents', ['\ud800']],
    ['external-agents', [1]],
    ['budgets/one/statements', ['\0']],
    ['budgets/one/entries', [-1]],
    ['budgets/one/entries', [1e300]],
    ['budgets/one/alerts', [0.5]],
    ['budgets/one/alerts', ['x']],
    ['api-keys', [1, '\0']],
    ['api-keys', [1e16, 'x']],
    ['api-keys', { 0: 1 }],
  ])('%s refuses a cursor that nobody was given: %j', async (list, place) => {
    const cursor = Buffer.from(JSON.stringify(place)).toString('base64url');
    const answer = await served.ask('get', `/api/v1/${list}?cursor=${cursor}`, { token });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'cursor' }] } });
  });
});
