import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { channelsOf, formOf } from '../../src/notify/channel';
import { notifier, targets } from './support';

it.each([
  ['https://hooks.slack.com/services/T0/B0/x', 'slack'],
  ['https://HOOKS.SLACK.COM./services/T0/B0/x', 'webhook'],
  ['https://hooks.slack-gov.com/services/T0/B0/x', 'slack'],
  ['https://hooks.slack.com.evil.example/services/T0/B0/x', 'webhook'],
  ['https://evil.example/?to=hooks.slack.com', 'webhook'],
  ['https://prod-12.westeurope.logic.azure.com:443/workflows/abc/triggers/manual/paths/invoke?sig=x', 'teams'],
  ['https://prod-12.westeurope.logic.azure.com/other', 'webhook'],
  ['https://acme.webhook.office.com/webhookb2/x', 'teams'],
  ['https://default1.ab.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/x', 'teams'],
  ['https://api.powerplatform.com.evil.example/', 'webhook'],
  ['https://alerts.acme.example/budget', 'webhook'],
  ['no address', 'webhook'],
])('%s is read by %s', (url, form) => {
  expect(formOf(url)).toBe(form);
});

it.each([
  [{ webhookUrl: null, emailRecipients: [] }, []],
  [{ webhookUrl: 'https://hooks.slack.com/services/x', emailRecipients: [] }, ['slack']],
  [{ webhookUrl: null, emailRecipients: ['a@acme.example'] }, ['email']],
  [{ webhookUrl: 'https://acme.example', emailRecipients: ['a@acme.example', 'b@acme.example'] }, ['webhook', 'email']],
])('%j has the channels %j', (config, channels) => {
  expect(channelsOf(config)).toEqual(channels);
});

describe('a reference', () => {
  const env = { SLACK: 'https://hooks.slack.com/services/x', TEAMS: 'https://acme.webhook.office.com/x' };
  it.each([
    ['env:SLACK', ['slack']],
    ['env:TEAMS', ['teams']],
    ['env:MISSING', ['webhook']],
    ['file:/no/such/file', ['webhook']],
  ])('%s is resolved first: %j', async (webhookUrl, channels) => {
    const found = await notifier({ env }).targetsOf(targets({ webhookUrl }));
    expect(found.map(({ channel }) => channel)).toEqual(channels);
    expect(JSON.stringify(found)).not.toContain('/x');
  });

  it('may be a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'notify-'));
    await writeFile(join(folder, 'url'), `${env.SLACK}\n`);
    expect(await notifier().targetsOf(targets({ webhookUrl: `file:${join(folder, 'url')}` }))).toMatchObject([
      { channel: 'slack', target: 'https://hooks.slack.com' },
    ]);
    await rm(folder, { recursive: true });
  });
});
