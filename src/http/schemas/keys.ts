import { z } from 'zod';
import { id, text } from '../../contract/schemas/primitives';
import { KeyRole } from '../../domain/api-key';
import { givenInstant, instant } from './common';

export const keyBody = z
  .strictObject({
    name: text({ least: 1, most: 200 }),
    role: z.enum(KeyRole),
    team_id: id.optional(),
    user_id: id.optional(),
    expires_at: givenInstant.optional(),
  })
  .meta({ id: 'ApiKeyBody' });

export const rotationBody = z
  .strictObject({
    grace_seconds: z
      .number()
      .int()
      .min(0)
      .max(31 * 86_400)
      .default(0),
  })
  .meta({ id: 'ApiKeyRotation' });

export const apiKey = z
  .object({
    key_id: z.string(),
    organization_id: z.string().nullable().meta({ description: "null: the operator's" }),
    name: z.string(),
    role: z.enum(KeyRole),
    team_id: z.string().nullable(),
    user_id: z.string().nullable(),
    created_at: instant,
    expires_at: instant.nullable(),
    revoked_at: instant.nullable(),
    last_used_at: instant.nullable().meta({ description: 'To the minute' }),
    replaced_by: z.string().nullable(),
    is_live: z.boolean(),
  })
  .meta({ id: 'ApiKey' });

export const issuedKey = z
  .object({ token: z.string().meta({ description: 'Shown this once: it is kept nowhere' }), key: apiKey })
  .meta({ id: 'IssuedApiKey' });
