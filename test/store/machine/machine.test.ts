import { randomUUID } from 'node:crypto';
import fc, { type AsyncCommand } from 'fast-check';
import type { Outcome } from '../../../src/domain/ledger';
import type { BudgetStore } from '../../../src/store/budget-store';
import { createMemoryStore } from '../../../src/store/memory/memory-store';
import { createPostgresStore } from '../../../src/store/postgres/postgres-store';
import { databaseUrl } from '../support';
import { call, pass, put, step } from './arbitraries';
import type { Model } from './model';
import { assertChargedOnce, assertSound, assertWithinLimits, balancesOf, compareMonths, operationOf, toldBy } from './real';
import { assertHolds, historiesOr, REPLAY } from './replay';
import { answerOf, isAnswered, type Answer, type Step } from './steps';

const NOON = Date.UTC(2026, 0, 30, 12);
const FIRST: Step = { is: 'put', budget: 'main', limit: 20, daily: 20, isHard: true, carryPercent: 25 };

const memory = createMemoryStore();
const postgres = createPostgresStore(databaseUrl());
/** Another process: what the first one remembers is no longer so. */
const elsewhere = createPostgresStore(databaseUrl());
afterAll(() => Promise.all([postgres.close(), elsewhere.close()]));
jest.setTimeout(300_000 + historiesOr(0) * 1_000);

async function ask(store: BudgetStore, organizationId: string, at: number, asked: Step): Promise<Outcome | null> {
  const operation = operationOf(asked, organizationId, at);
  return operation === null ? null : ((await store.applyBatch(organizationId, [operation]))[0] ?? null);
}

/** One ledger in each store. */
class Asked implements AsyncCommand<Model, string> {
  constructor(
    readonly step: Step,
    readonly isElsewhere: boolean,
  ) {}

  check(m: Readonly<Model>): boolean {
    return isAnswered(m, this.step);
  }

  async run(m: Model, organizationId: string): Promise<void> {
    const { step: asked } = this;
    const at = m.now;
    const expected = answerOf(m, asked);
    const outcome = await ask(memory, organizationId, at, asked);
    expect(await ask(this.isElsewhere ? elsewhere : postgres, organizationId, at, asked)).toEqual(outcome);
    if (outcome !== null && expected !== null) expect(toldBy(outcome)).toEqual(expected);
    await assertSound(memory, organizationId, m);
    for (const store of [memory, postgres]) {
      const balances = await balancesOf(store, organizationId, m);
      compareMonths(m, balances);
      if (outcome?.ok === true && outcome.effect.decided === 'granted' && 'key' in asked) assertWithinLimits(m, asked.key, balances);
    }
  }

  toString(): string {
    return `${shown(this.step)}${this.isElsewhere ? ' (by another store)' : ''}`;
  }
}

function shown({ is, ...told }: Step): string {
  return [is, ...Object.entries(told).map(([name, value]) => `${name}=${String(value)}`)].join(' ');
}

const rare = fc.integer({ min: 0, max: 9 }).map((roll) => roll === 9);
const commands = fc.commands([fc.tuple(step, rare).map(([asked, isElsewhere]) => new Asked(asked, isElsewhere))], {
  maxCommands: 30,
  size: 'max',
  ...(REPLAY.replayPath !== undefined && { replayPath: REPLAY.replayPath }),
});

test('a naive model, memory and PostgreSQL take the same histories alike, and every balance, limit and charge is as the model adds it up', async () => {
  await assertHolds(
    fc.asyncProperty(commands, async (history) => {
      const organizationId = `org-${randomUUID()}`;
      const model: Model = { now: NOON, budgets: {}, keys: {} };
      await new Asked(FIRST, false).run(model, organizationId);
      await fc.asyncModelRun(() => ({ model, real: organizationId }), history);
      await assertSound(postgres, organizationId, model);
      const isPruned = [...history].some((one) => one.toString().startsWith('prune'));
      if (!isPruned) for (const store of [memory, postgres]) await assertChargedOnce(store, organizationId, model);
    }),
    40,
  );
});

interface Told {
  readonly step: Step;
  readonly answer: Answer;
}

/** Whether some order of what the lanes did, each in its own, explains every answer and the balances in the end. */
function isInSomeOrder(m: Model, lanes: readonly (readonly Told[])[], isEnd: (end: Model) => boolean): boolean {
  if (lanes.every((lane) => lane.length === 0)) return isEnd(m);
  return lanes.some(([next, ...rest], index) => {
    if (next === undefined) return false;
    const after = structuredClone(m);
    const answer = answerOf(after, next.step);
    return JSON.stringify(answer) === JSON.stringify(next.answer) && isInSomeOrder(after, lanes.with(index, rest), isEnd);
  });
}

const lane = fc.array(call, { minLength: 1, maxLength: 4, size: 'max' });

test('whatever callers on two stores, as two processes have them, do at once, the answers and balances are those of some order of it', async () => {
  await assertHolds(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 6, arbitrary: call }, pass, put), { maxLength: 6, size: 'max' }),
      fc.array(lane, { minLength: 2, maxLength: 3, size: 'max' }),
      async (before, lanes) => {
        const organizationId = `org-${randomUUID()}`;
        const model: Model = { now: NOON, budgets: {}, keys: {} };
        for (const asked of [FIRST, ...before]) {
          if (!isAnswered(model, asked)) continue;
          await ask(postgres, organizationId, model.now, asked);
          answerOf(model, asked);
        }
        const told = await Promise.all(
          lanes.map(async (asked, index) => {
            const answers: Told[] = [];
            for (const one of asked.filter((each) => isAnswered(model, each, true))) {
              const outcome = await ask(index === 0 ? elsewhere : postgres, organizationId, model.now, one);
              if (outcome !== null) answers.push({ step: one, answer: toldBy(outcome) });
            }
            return answers;
          }),
        );
        await assertSound(postgres, organizationId, model);
        const balances = await balancesOf(postgres, organizationId, model);
        const isEnd = (end: Model) => {
          try {
            compareMonths(end, balances);
            return true;
          } catch {
            return false;
          }
        };
        if (!isInSomeOrder(model, told, isEnd)) throw new Error(`No order explains ${JSON.stringify(told)}`);
      },
    ),
    40,
  );
});
