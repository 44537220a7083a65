import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import * as workflows from '../../workflows';
import { installQuietRuntime } from '../support/harness';
import { setting } from '../support/setting';
import { fileOf, keep, readRecording, recordedFiles, workflowIdOf } from './recordings';
import { SCENARIOS } from './scenarios';

const bundled = () => readFileSync(setting('TEST_WORKFLOW_BUNDLE'), 'utf8');
const files = recordedFiles();

/** Replays recordings on workflows; why each that does not replay does not. */
async function replay(code: string, replayed: readonly string[]): Promise<Record<string, string>> {
  // Not before it is needed: a runtime that had no worker keeps the process.
  installQuietRuntime();
  const recordings = replayed.map((file) => readRecording(file));
  const histories = recordings.map((history) => ({ workflowId: workflowIdOf(history), history }));
  const problems: Record<string, string> = {};
  let n = 0;
  for await (const { error } of Worker.runReplayHistories({ workflowBundle: { code } }, histories)) {
    if (error !== undefined) problems[replayed[n] ?? ''] = String(error);
    n += 1;
  }
  expect(n).toBe(replayed.length);
  return problems;
}

test('every recording replays', async () => {
  expect(await replay(bundled(), files)).toEqual({});
});

test('every workflow of ours, and every outcome that is told of, has a recording', () => {
  const ours = Object.keys(workflows).filter((name) => !['withBudget', 'failureWithCost'].includes(name));
  expect(ours.filter((workflow) => !(workflow in SCENARIOS))).toEqual([]);
  const outcomes = Object.entries(SCENARIOS).flatMap(([workflow, all]) => Object.keys(all).map((outcome) => fileOf(workflow, outcome, 1)));
  expect(outcomes.filter((file) => !files.includes(file))).toEqual([]);
});

test('no recording says whose machine it was made on', () => {
  const said = files.flatMap((file) =>
    JSON.stringify(readRecording(file)).match(/"(identity|stackTrace)":"[^"]*"|"[^"]*@[^"]*-[0-9a-f]{32}"/g),
  );
  expect(new Set(said)).toEqual(new Set(['"identity":"recorded"', '"stackTrace":""']));
});

// What docs/versioning.md says of changes, made in the bundle.
const sdk = (name: string) => `(0,_temporalio_workflow__WEBPACK_IMPORTED_MODULE_0__.${name})`;
const retention = `${sdk('patched')}('retention')`;
const ofRun = `\${${sdk('workflowInfo')}().runId}`;
const validator = 'function assertSameRequest(request, fingerprint) {';

async function replayChanged(was: string, becomes: string, file: string): Promise<string | undefined> {
  const code = bundled();
  // Not by toContain, which would show all of it.
  expect(code.includes(was)).toBe(true);
  return (await replay(code.replaceAll(was, becomes), [file]))[file];
}

test.each([
  ['another activity', '.executeAgent(request', '.runAgent(request', 'agentInvocation/completed.1.json'],
  ['a regular activity for a local one', 'await locally(name)', 'await regularly(name)', 'agentInvocation/denied.1.json'],
  ['an activity less', 'await expireOverdueHolds(Date.now());', '', 'maintenance/two-rounds.1.json'],
  ['a timer less', `await ${sdk('sleep')}('1 hour')`, '', 'sleepyWork/cancelled.1.json'],
  ['a child by another name', `/${ofRun}`, `-${ofRun}`, 'monthlyReset/completed.1.json'],
  ['a signal less', 'await tellParent(current)', '', 'closeEndedPeriods/continued-after-ten-pages.1.json'],
  ['search attributes not written', 'function startShowing(request) {', '$& return;', 'agentInvocation/denied.1.json'],
  ['a memo not written', sdk('upsertMemo'), '(() => {})', 'agentInvocation/denied.1.json'],
  ['a step more, without a patch', retention, 'true', 'maintenance/before-retention.1.json'],
  ['a patch deleted at once', retention, 'true', 'maintenance/two-rounds.1.json'],
])('a change that leaves runs standing is found: %s', async (_what, was, becomes, file) => {
  expect(await replayChanged(was, becomes, file)).toMatch(/^DeterminismViolationError: /);
});

test.each([
  ['a patch deprecated', retention, `(${sdk('deprecatePatch')}('retention'), true)`, 'maintenance/two-rounds.1.json'],
  ['how long a timer takes', "('30s')", "('45s')", 'maintenance/two-rounds.1.json'],
  ['how an activity is tried', "heartbeatTimeout: '15s'", "heartbeatTimeout: '1m'", 'agentInvocation/completed.1.json'],
  ['where an activity runs', "heartbeatTimeout: '15s'", "taskQueue: 'another'", 'agentInvocation/completed.1.json'],
  ['what an activity is given', '.executeAgent(request, key', '.executeAgent(request, null', 'agentInvocation/completed.1.json'],
  ['what a validator refuses', validator, `${validator} throw new Error();`, 'agentInvocation/admitted.1.json'],
])('runs go on whatever is changed of %s', async (_what, was, becomes, file) => {
  expect(await replayChanged(was, becomes, file)).toBeUndefined();
});

describe('a recording is added', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'agent-budget-histories-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const recorded = (change: (text: string) => string = (text) => text) =>
    historyFromJSON(JSON.parse(change(JSON.stringify(readRecording('agentInvocation/completed.1.json')))));

  test.each([
    ['where there is none', recorded(), 'a/b.1.json'],
    ['not where one went the same, at another time and cost', recorded((text) => text.replaceAll('2026-', '2027-')), null],
    ['beside one that went otherwise', recorded((text) => text.replaceAll('executeAgent', 'runAgent')), 'a/b.2.json'],
    ['and not again', recorded((text) => text.replaceAll('executeAgent', 'runAgent')), null],
  ])('%s', (_when, history, file) => {
    expect(keep('a', 'b', history, folder)).toBe(file);
  });
});
