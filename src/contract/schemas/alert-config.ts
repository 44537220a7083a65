import { z } from 'zod';
import { ALERT_DEFAULTS, oddityOf, type BudgetAlertConfig } from '../../domain/alert-config';
import { endpoint, secretReference } from './primitives';

const WEBHOOK_URL = 'must be an http(s) address without credentials, env:NAME or file:/PATH';

/** The fields, each as somebody writes it. */
export const alertFields = {
  webhookUrl: z.union([secretReference, endpoint], WEBHOOK_URL).nullable(),
  webhookSecret: secretReference.nullable(),
  emailRecipients: kept('emailRecipients', z.array(z.email().max(254))).refine(
    (all) => new Set(all.map((one) => one.toLowerCase())).size === all.length,
    'must not name anybody twice',
  ),
  thresholds: kept('thresholds', z.array(z.number())),
  alertOncePerThreshold: z.boolean(),
  cooldownMinutes: kept('cooldownMinutes', z.number()),
};

const written = z.strictObject(alertFields).partial().transform(said);

/**
 * How a budget alerts: what is left out is as its organization does, what is unknown is refused. `webhookUrl` is an http(s) address
 * without credentials, or a reference to one (`env:NAME`, `file:/PATH`); `webhookSecret` is a reference. Null and [] are said: nowhere.
 */
export const budgetAlertConfig = written;
/** How an organization's budgets alert that do not say it themselves: what is left out is as in ALERT_DEFAULTS. */
export const organizationAlertConfig = written.transform((config): BudgetAlertConfig => ({ ...ALERT_DEFAULTS, ...config }));
/** What somebody writes. */
export type BudgetAlertConfigInput = z.input<typeof written>;

// What is undefined is left out: it must not hide what the organization says.
function said<Fields extends object>(fields: Fields) {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };
}

/** A field of which the domain says what it may be. */
function kept<Schema extends z.ZodType>(name: keyof BudgetAlertConfig, schema: Schema): Schema {
  return schema.superRefine((value, context) => {
    const oddity = oddityOf(name, value);
    if (oddity !== null) context.addIssue(oddity);
  });
}
