import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { isGrpcServiceError, ServiceError } from '@temporalio/client';
import type { ScheduleClient, ScheduleDescription, ScheduleUpdateOptions, WorkflowService } from '@temporalio/client';

/** When a Schedule fires: on these days of a month at these hours and minutes of its zone. */
export interface Firings {
  readonly timeZone: string;
  readonly dayOfMonth: number[];
  readonly hour: number[];
  readonly minute: number[];
}

type Update = Parameters<WorkflowService['updateSchedule']>[0];

const [TRIES, PAUSE_MS] = [10, 50];
const FAILED_PRECONDITION = 9;

/**
 * Changes when a Schedule fires, and encrypts it anew, whatever somebody else changes meanwhile: a pause that came between a look and a
 * write would be undone by it. So what is written names the state that was looked at, which the SDK's own update does not (1.24). Where that
 * is no longer the last, the server refuses it, or drops it without a word (as 1.29 does), so that it is looked for and written again.
 * Throws where it does not come.
 */
export async function updateSchedule(client: ScheduleClient, scheduleId: string, firings: Firings): Promise<void> {
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const sent = await writeOnce(client, scheduleId, firings);
    await pause(PAUSE_MS * tries);
    if (sent !== null && isThere(await client.getHandle(scheduleId).describe(), firings, sent)) return;
  }
  throw new Error(`${scheduleId} was not seen to change: ${String(TRIES)} tries`);
}

/** Returns what it sent; null where the server refused it, for the Schedule was changed since it was looked at. */
async function writeOnce(client: ScheduleClient, scheduleId: string, { timeZone, ...calendar }: Firings): Promise<Update | null> {
  const spec = { calendars: [calendar], timezone: timeZone };
  const { connection } = client;
  let sent: Update = {};
  let seen: ScheduleDescription | undefined;
  const write = (update: Update) => {
    sent = { ...update, conflictToken: seen?.raw.conflictToken ?? null };
    return connection.workflowService.updateSchedule(sent);
  };
  // The same client, on a connection that adds what the SDK leaves out.
  const workflowService = Object.create(connection.workflowService, { updateSchedule: { value: write } }) as WorkflowService;
  const guarded = Object.create(client, {
    connection: { value: Object.create(connection, { workflowService: { value: workflowService } }) as unknown },
  }) as ScheduleClient;
  try {
    await guarded.getHandle(scheduleId).update((found): ScheduleUpdateOptions => {
      seen = found;
      return { ...found, spec };
    });
    return sent;
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ServiceError && isGrpcServiceError(error.cause) && (error.cause.code as number) === FAILED_PRECONDITION;
}

/** By when it fires and what its argument is encoded by; nobody but us encodes it, and what it says stays. */
function isThere({ spec, raw }: ScheduleDescription, { timeZone, ...days }: Firings, sent: Update): boolean {
  const [calendar, ...others] = spec.calendars ?? [];
  if (calendar === undefined || others.length > 0 || spec.timezone !== timeZone) return false;
  const [dayOfMonth, hour, minute] = [calendar.dayOfMonth, calendar.hour, calendar.minute].map((ranges) => ranges.flatMap(valuesIn));
  return isDeepStrictEqual({ dayOfMonth, hour, minute }, days) && isDeepStrictEqual(encodingOf(raw), encodingOf(sent));
}

function valuesIn({ start, end, step }: { readonly start: number; readonly end: number; readonly step: number }): number[] {
  return Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, n) => start + n * step);
}

function encodingOf({ schedule }: Pick<Update, 'schedule'>) {
  const metadata = Object.entries(schedule?.action?.startWorkflow?.input?.payloads?.[0]?.metadata ?? {});
  return new Map(metadata.map(([name, value]) => [name, Buffer.from(value).toString()]));
}
