import { z } from 'zod';

const state = z.enum(['up', 'down']);
/** stopping: it answers still, and is to be sent nothing new. */
const standing = z.enum(['up', 'down', 'stopping']);

export const liveness = z.object({ status: z.literal('up') });

export const readiness = z
  .object({ status: standing, checks: z.record(z.string(), z.object({ status: state })) })
  .meta({ id: 'Readiness' });
