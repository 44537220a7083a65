import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { historyToJSON, type History } from '@temporalio/common/lib/proto-utils';

/** Where recordings are: `<workflow>/<outcome>.<n>.json`, the oldest 1. */
export const HISTORIES = path.join(__dirname, '../histories');

export interface RecordedEvent {
  readonly eventType: string;
  readonly [field: string]: unknown;
}

/** A history as Temporal's own tools write it. */
export interface Recording {
  readonly events: readonly RecordedEvent[];
}

/** All of them, by their paths in HISTORIES. */
export function recordedFiles(): string[] {
  return readdirSync(HISTORIES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .sort();
}

export function readRecording(file: string, folder = HISTORIES): Recording {
  return JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Recording;
}

/** Children are named after it. */
export function workflowIdOf({ events: [started] }: Recording): string {
  return (started?.['workflowExecutionStartedEventAttributes'] as { workflowId: string }).workflowId;
}

export const fileOf = (workflow: string, outcome: string, n: number) => path.join(workflow, `${outcome}.${String(n)}.json`);

/**
 * Adds a recording, unless there is one whose run did the same; returns its file. What was recorded before stays: runs that began so
 * must go on.
 */
export function keep(workflow: string, outcome: string, history: History, folder = HISTORIES): string | null {
  const { events } = JSON.parse(historyToJSON(history), neutral) as Recording;
  let n = 1;
  for (; existsSync(path.join(folder, fileOf(workflow, outcome, n))); n += 1) {
    if (doneIn(readRecording(fileOf(workflow, outcome, n), folder)) === doneIn({ events })) return null;
  }
  const file = fileOf(workflow, outcome, n);
  mkdirSync(path.join(folder, workflow), { recursive: true });
  // An event a line: short, and easy to compare.
  const lines = events.map((event) => JSON.stringify(event)).join(',\n');
  writeFileSync(path.join(folder, file), `{"events":[\n${lines}\n]}\n`);
  return file;
}

/** Leaves out whose machine it was. */
function neutral(this: Record<string, unknown>, name: string, value: unknown): unknown {
  if (name === 'identity') return 'recorded';
  if (name === 'stackTrace') return '';
  // A worker's own queue has the name of its machine.
  if (name === 'name' && this['kind'] === 'TASK_QUEUE_KIND_STICKY') return 'sticky';
  return value;
}

interface CommandAttributes {
  readonly activityType?: { readonly name: string };
  readonly workflowType?: { readonly name: string };
  readonly markerName?: string;
  readonly details?: Record<string, { readonly payloads: readonly { readonly data: string }[] }>;
}

/** What a run's code had done, in its order: what a replay compares. */
function doneIn({ events }: Recording): string {
  const done = events.flatMap((event) => {
    const attributes = Object.entries(event).find(([name]) => name.endsWith('EventAttributes'))?.[1] as CommandAttributes;
    if (!('workflowTaskCompletedEventId' in attributes)) return [];
    const { activityType, workflowType, markerName } = attributes;
    return [[event.eventType, activityType?.name, workflowType?.name, markerName, markedBy(attributes)].filter(Boolean).join(' ')];
  });
  return done.join('\n');
}

/** Which local activity, or which patch, a marker is of. */
function markedBy({ details }: CommandAttributes): string | undefined {
  const [payload] = (details?.['data'] ?? details?.['patch-data'])?.payloads ?? [];
  if (payload === undefined) return undefined;
  const said = JSON.parse(Buffer.from(payload.data, 'base64').toString()) as { activity_type?: string; id?: string };
  return said.activity_type ?? said.id;
}
