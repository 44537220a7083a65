import { budgetAlertConfig, organizationAlertConfig } from '../../src/contract/schemas/alert-config';
import { ALERT_DEFAULTS, alertConfigOf } from '../../src/domain/alert-config';

test('what an organization leaves out is as by default; what a budget leaves out, the organization says', () => {
  expect(organizationAlertConfig.parse({})).toEqual(ALERT_DEFAULTS);
  const said = { cooldownMinutes: 0, thresholds: [], webhookUrl: undefined };
  expect(organizationAlertConfig.parse(said)).toEqual({ ...ALERT_DEFAULTS, cooldownMinutes: 0, thresholds: [] });
  expect(budgetAlertConfig.parse(said)).toEqual({ cooldownMinutes: 0, thresholds: [] });
  const policy = { alerts: organizationAlertConfig.parse({ emailRecipients: ['finance@acme.example'] }) };
  expect(alertConfigOf(policy, { alerts: budgetAlertConfig.parse(said) }).emailRecipients).toEqual(['finance@acme.example']);
  expect(alertConfigOf(policy, { alerts: budgetAlertConfig.parse({ emailRecipients: [] }) }).emailRecipients).toEqual([]);
});

test('the configuration of the guide is one', () => {
  const given = {
    webhookUrl: 'https://hooks.slack.com/services/T0/B0/x',
    emailRecipients: ['admin@company.com'],
    thresholds: [0.5, 0.75, 0.9, 1.0],
    alertOncePerThreshold: true,
    cooldownMinutes: 15,
  };
  expect(budgetAlertConfig.parse(given)).toEqual(given);
});

test.each(['env:ALERT_URL', 'file:/run/secrets/alert-url', 'http://receiver:8080/alerts', null])('%s is a webhook URL', (webhookUrl) => {
  expect(budgetAlertConfig.parse({ webhookUrl }).webhookUrl).toBe(webhookUrl);
});

test.each([
  ['an unknown key', { webhookURL: 'https://example.com' }, 'webhookURL'],
  ['a URL of another scheme', { webhookUrl: 'ftp://example.com' }, 'webhookUrl'],
  ['a URL with credentials', { webhookUrl: 'https://user:secret@example.com' }, 'webhookUrl'],
  ['no URL', { webhookUrl: 'example.com' }, 'webhookUrl'],
  ['a secret that is no reference', { webhookSecret: 'whsec_c2VjcmV0' }, 'webhookSecret'],
  ['no address', { emailRecipients: ['ada'] }, 'emailRecipients'],
  ['two addresses in one', { emailRecipients: ['ada@example.com, bob@example.com'] }, 'emailRecipients'],
  ['a header in an address', { emailRecipients: ['ada@example.com\r\nBcc: eve@example.com'] }, 'emailRecipients'],
  ['somebody twice', { emailRecipients: ['ada@example.com', 'Ada@example.com'] }, 'emailRecipients'],
  [
    'too many recipients',
    { emailRecipients: Array.from({ length: 51 }, (_, index) => `a${String(index)}@example.com`) },
    'emailRecipients',
  ],
  ['thresholds that do not ascend', { thresholds: [0.75, 0.5] }, 'thresholds'],
  ['a threshold twice', { thresholds: [0.5, 0.5] }, 'thresholds'],
  ['a threshold of 0', { thresholds: [0, 0.5] }, 'thresholds'],
  ['a percentage for a share', { thresholds: [50, 75] }, 'thresholds'],
  ['no number', { thresholds: [Number.NaN] }, 'thresholds'],
  ['too many thresholds', { thresholds: Array.from({ length: 21 }, (_, index) => (index + 1) / 100) }, 'thresholds'],
  ['a negative cooldown', { cooldownMinutes: -1 }, 'cooldownMinutes'],
  ['an endless cooldown', { cooldownMinutes: 44_641 }, 'cooldownMinutes'],
  ['a text for a number', { cooldownMinutes: '15' }, 'cooldownMinutes'],
  ['a text for a boolean', { alertOncePerThreshold: 'yes' }, 'alertOncePerThreshold'],
])('%s is refused, by name', (_what, given, name) => {
  const { error } = budgetAlertConfig.safeParse(given);
  expect(JSON.stringify(error?.issues)).toContain(name);
  expect(JSON.stringify(error?.issues)).not.toMatch(/user:secret|c2VjcmV0/);
});
