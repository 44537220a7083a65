import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { ALERT_DEFAULTS, type BudgetAlertConfig } from '../../src/domain/alert-config';
import type { Limits } from '../../src/domain/budget';
import { fromUsd } from '../../src/domain/money';
import type { StoredAlert } from '../../src/store/alert-store';
import { perform, type BudgetStore } from '../../src/store/budget-store';
import { serve, type Served } from '../agents/serve';
import { serveMail, type MailServer } from '../notify/smtp';
import { budgetOf } from './budgets';

/** What answers webhooks: 200 unless a test says otherwise for its budget. */
export interface Receivers {
  readonly http: Served;
  readonly mail: MailServer;
  /** For this long nobody answers at the mail server's port. */
  stopMail(): Promise<void>;
  startMail(): Promise<void>;
  readonly answers: Map<string, (response: ServerResponse) => void>;
  close(): Promise<void>;
}

/** A real HTTP receiver and a real SMTP server. */
export async function startReceivers(): Promise<Receivers> {
  const answers: Receivers['answers'] = new Map();
  const http = await serve((response, { url }) => {
    const answer = answers.get(url?.slice(1) ?? '');
    if (answer === undefined) response.end();
    else answer(response);
  });
  let mail = await serveMail();
  const { port } = mail;
  return {
    http,
    get mail() {
      return mail;
    },
    stopMail: () => mail.close(),
    startMail: async () => {
      mail = await serveMail({}, port);
    },
    answers,
    close: async () => {
      await Promise.all([http.close(), mail.close()]);
    },
  };
}

/** A budget of 100 USD a month that tells a webhook and a recipient of its own. */
export async function alertingBudget(
  store: BudgetStore,
  receivers: Receivers,
  { at = Date.now(), limits = {}, ...alerts }: Partial<BudgetAlertConfig> & { at?: number; limits?: Partial<Limits> } = {},
) {
  const { http, answers } = receivers;
  const organizationId = `org-${randomUUID()}`;
  const own = { webhookUrl: `${http.url}/${organizationId}`, emailRecipients: [`${organizationId}@example.com`] };
  const budget = budgetOf(organizationId, { monthlyMicroUsd: fromUsd(100), ...limits });
  await store.putBudget({ ...budget, alerts: { ...ALERT_DEFAULTS, ...own, ...alerts } }, at);
  return {
    organizationId,
    budget,
    /** Charges the ledger, with no workflow. */
    charge: (costUsd: number, chargedAt: number) => {
      const call = { organizationId, teamId: null, userId: null, agentId: 'agent-001' };
      return perform(store, organizationId, {
        kind: 'charge',
        key: randomUUID(),
        call,
        at: chargedAt,
        amountMicroUsd: fromUsd(costUsd),
        fingerprint: 'a',
      });
    },
    webhooks: () =>
      http.received
        .filter(({ url }) => url === `/${organizationId}`)
        .map(({ body, headers }) => ({ id: headers['webhook-id'], body: JSON.parse(body) as WebhookBody })),
    emails: () =>
      receivers.mail.received
        .filter(({ recipients }) => recipients.includes(`${organizationId}@example.com`))
        .map((received) => received.mail),
    /** What the receiver does with this budget's webhooks. */
    answer: (how: (response: ServerResponse) => void) => answers.set(organizationId, how),
    /** The oldest first. */
    alerts: async (): Promise<readonly StoredAlert[]> => [...(await store.alerts(organizationId, 'monthly', 1_000))].reverse(),
  };
}

export interface WebhookBody {
  readonly event: string;
  readonly threshold: number | null;
  readonly digest: boolean;
  readonly test: boolean;
  readonly crossings: readonly { readonly threshold: number; readonly window: string }[];
  readonly [field: string]: unknown;
}

/** An answer of a webhook's receiver. */
export function status(code: number, headers: Record<string, string> = {}): (response: ServerResponse) => void {
  return (response) => response.writeHead(code, headers).end();
}
