import { z } from 'zod';
import { ALERT_DEFAULTS, assertAlertConfig, type BudgetAlertConfig } from '../../domain/alert-config';
import { DomainError } from '../../domain/errors';
import { endpoint, secretReference } from './primitives';

const WEBHOOK_URL = 'must be an http(s) address without credentials, env:NAME or file:/PATH';

/**
 * BudgetAlertConfig as somebody writes it: what is left out is as in ALERT_DEFAULTS, what is unknown is refused. `webhookUrl` is an
 * http(s) address without credentials, or a reference to one (`env:NAME`, `file:/PATH`); `webhookSecret` is a reference.
 */
export const budgetAlertConfig = z
  .strictObject({
    webhookUrl: z.union([secretReference, endpoint], WEBHOOK_URL).nullable().default(ALERT_DEFAULTS.webhookUrl),
    webhookSecret: secretReference.nullable().default(ALERT_DEFAULTS.webhookSecret),
    emailRecipients: z
      .array(z.email().max(254))
      .refine((all) => new Set(all.map((one) => one.toLowerCase())).size === all.length, 'must not name anybody twice')
      .default([...ALERT_DEFAULTS.emailRecipients]),
    thresholds: z.array(z.number()).default([...ALERT_DEFAULTS.thresholds]),
    alertOncePerThreshold: z.boolean().default(ALERT_DEFAULTS.alertOncePerThreshold),
    cooldownMinutes: z.number().default(ALERT_DEFAULTS.cooldownMinutes),
  })
  .superRefine((config: BudgetAlertConfig, context) => {
    try {
      assertAlertConfig(config);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      context.addIssue(error.message);
    }
  });
/** What somebody writes. */
export type BudgetAlertConfigInput = z.input<typeof budgetAlertConfig>;
