import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Client, ScheduleDescription } from '@temporalio/client';
import type { LoadedDataConverter } from '@temporalio/common';

/** When a Schedule fires: on these days of a month at these hours and minutes of its zone. */
export interface Firings {
  readonly timeZone: string;
  readonly dayOfMonth: number[];
  readonly hour: number[];
  readonly minute: number[];
}

const [LOOKS, PAUSE_MS] = [10, 50];

/**
 * Changes when a Schedule fires and the argument of what it starts, and nothing else, however often somebody changes it meanwhile: a pause
 * that came between a look and a write would be undone by it. So what is written names the state that was looked at, which the SDK's own
 * update does not do (1.24). The server then drops it without a word where that state is no longer the last (seen with server 1.29), so that
 * it is looked for, and written again. Throws where it does not come.
 */
export async function updateSchedule({ schedule }: Pick<Client, 'schedule'>, scheduleId: string, firings: Firings, argument: unknown) {
  const { identity, namespace, loadedDataConverter } = schedule.options;
  const payloads = await encoded(loadedDataConverter, argument);
  const { timeZone, ...days } = firings;
  const calendar = Object.fromEntries(Object.entries(days).map(([unit, values]) => [unit, values.join()]));
  for (let looks = 1; looks <= LOOKS; looks += 1) {
    const found = await schedule.getHandle(scheduleId).describe();
    const { schedule: current, conflictToken } = found.raw;
    const started = current?.action?.startWorkflow;
    if (isSame(found, firings) && Buffer.from(started?.input?.payloads?.[0]?.data ?? []).equals(payloads[0]?.data ?? Buffer.of())) return;
    const action = { ...current?.action, startWorkflow: { ...started, input: { payloads } } };
    const changed = { ...current, action, spec: { calendar: [calendar], timezoneName: timeZone } };
    await schedule.workflowService.updateSchedule({
      namespace,
      scheduleId,
      schedule: changed,
      conflictToken: conflictToken ?? null,
      identity,
      requestId: randomUUID(),
    });
    await pause(PAUSE_MS * looks);
  }
  throw new Error(`${scheduleId} goes on as it was: the server took no change in ${String(LOOKS)} tries`);
}

async function encoded({ payloadConverter, payloadCodecs }: LoadedDataConverter, value: unknown) {
  let payloads = [payloadConverter.toPayload(value)];
  for (const codec of payloadCodecs) payloads = await codec.encode(payloads);
  return payloads;
}

function isSame({ spec: { calendars = [], timezone } }: ScheduleDescription, { timeZone, ...days }: Firings): boolean {
  const [calendar, ...others] = calendars;
  if (calendar === undefined || others.length > 0 || timezone !== timeZone) return false;
  const [dayOfMonth, hour, minute] = [calendar.dayOfMonth, calendar.hour, calendar.minute].map((ranges) => ranges.flatMap(valuesIn));
  return isDeepStrictEqual({ dayOfMonth, hour, minute }, days);
}

function valuesIn({ start, end, step }: { readonly start: number; readonly end: number; readonly step: number }): number[] {
  return Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, n) => start + n * step);
}
