import { z } from 'zod';

const state = z.enum(['up', 'down']);

export const liveness = z.object({ status: z.literal('up') });

export const readiness = z.object({ status: state, checks: z.record(z.string(), z.object({ status: state })) }).meta({ id: 'Readiness' });
