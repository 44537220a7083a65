import type { AgentDefinitionInput } from '../../src/contract/schemas/agent';
import { ownLedger, type OwnLedger } from './own-ledger';

let ledger: OwnLedger;
let cli: OwnLedger['cli'];
beforeAll(async () => {
  ledger = await ownLedger();
  ({ cli } = ledger);
});
afterAll(() => ledger.close());

const URL_OPTION = ['--endpoint', 'https://agents.example/x'];
const KEY = ['--api-key', 'env:KEY'];

/** Every platform, by what it cannot do without. */
const PLATFORMS: readonly (readonly [AgentDefinitionInput['platform'], readonly string[], RegExp])[] = [
  ['in_process', ['--function', 'summarizer'], /^Where +summarizer$/m],
  ['custom_rest_api', URL_OPTION, /^Where +https:\/\/agents\.example\/x$/m],
  ['third_party_agent', URL_OPTION, /^Where +https:\/\/agents\.example\/x$/m],
  ['power_automate', URL_OPTION, /^Where +https:\/\/agents\.example\/x$/m],
  ['openai_compatible', [...URL_OPTION, ...KEY, '--model', 'm'], /^Key +env:KEY$/m],
  ['azure_openai', [...URL_OPTION, ...KEY, '--model', 'm', '--api-version', '2024-10-21'], /^Key +env:KEY$/m],
  ['copilot_studio', ['--secret', 'env:BOT'], /^Where +https:\/\/directline\.botframework\.com$[^]*^Key +env:BOT$/m],
  [
    'copilot_studio',
    ['--token-endpoint', 'https://bots.example/token', '--quiet-period', '2s'],
    /^Where +https:\/\/bots\.example\/token$/m,
  ],
  ['copilot_studio', ['--secret', 'env:BOT', '--endpoint', 'https://europe.example'], /^Where +https:\/\/europe\.example$/m],
];

test.each(PLATFORMS)('an agent of %s is registered by options alone: %j', async (platform, options, shown) => {
  const put = ['agents', 'put', 'agent', '--org', 'acme', '--platform', platform, ...options];
  expect(await cli.document(...put)).toMatchObject({ agent_id: 'agent', platform });
  expect((await cli.run('agents', 'show', 'agent', '--org', 'acme')).out).toMatch(shown);
});
