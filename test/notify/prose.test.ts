import { barOf, clipped, shortened, shownShare, shownUsd } from '../../src/notify/format';
import { eventsOf, factsOf, headlineOf, provenanceOf } from '../../src/notify/prose';
import { alert, crossing, day, month, HALF_A_CHARACTER, nasty } from './support';

function spent(usd: number, limitUsd: number | null = 1_000) {
  const usage = limitUsd === null ? null : usd / limitUsd;
  return { ...month, spentUsd: usd, limitUsd, remainingUsd: limitUsd === null ? null : Math.max(0, limitUsd - usd), usage };
}

describe('the headline ("reached" and "exceeded" confused)', () => {
  const inDay = { window: 'day' } as const;
  const executions = { kind: 'executions' } as const;
  it.each([
    [{ crossings: [crossing(0.9)], month: spent(900) }, 'has reached 90% of its monthly limit: $900.00 of $1,000.00'],
    [
      { crossings: [0.5, 0.75, 0.9].map((at) => crossing(at)), month: spent(950) },
      'has reached 90% of its monthly limit: $950.00 of $1,000.00',
    ],
    [{ crossings: [crossing(0.9)], month: spent(999.999999) }, 'has reached 90% of its monthly limit: $999.99 of $1,000.00'],
    [{ crossings: [crossing(1)], month: spent(1_000) }, 'has reached 100% of its monthly limit: $1,000.00 of $1,000.00'],
    [{ crossings: [crossing(1)], month: spent(1_050) }, 'has exceeded its monthly limit: $1,050.00 of $1,000.00'],
    [{ crossings: [crossing(0.9)], month: spent(1_050) }, 'has exceeded its monthly limit: $1,050.00 of $1,000.00'],
    [{ crossings: [crossing(0.9)], month: spent(900, 2_000) }, 'has reached 90% of its monthly limit: now $900.00 of $2,000.00'],
    [{ crossings: [crossing(0.9)], month: spent(900, null) }, 'has reached 90% of its monthly limit: now $900.00'],
    [
      { crossings: [crossing(0.9, inDay)], day: { ...day, spentUsd: 48, usage: 0.96 } },
      'has reached 90% of its daily limit: $48.00 of $50.00',
    ],
    [
      { crossings: [crossing(0.9, executions)], month: { ...month, executions: 1_800, executionLimit: 2_000 } },
      'has reached 90% of its monthly execution limit: 1,800 of 2,000',
    ],
    [{ event: 'budget.denied', crossings: [], denials: { count: 1, reason: 'x', window: 'month', kind: 'cost' } }, 'denied 1 call'],
    [
      { event: 'budget.denied', crossings: [crossing(0.75)], denials: { count: 1_234, reason: 'x', window: 'month', kind: 'cost' } },
      'denied 1,234 calls',
    ],
    [
      { event: 'budget.reset', crossings: [], closed: { start: month.start, end: month.resetsAt, spentUsd: 780, limitUsd: 1_000 } },
      'has begun a new month; the last one: $780.00 of $1,000.00',
    ],
  ] as const)('%j', (more, expected) => {
    expect(headlineOf(alert(more))).toBe(`Budget acme-monthly ${expected}`);
  });

  it('says when it is a test, and shortens a long name in the middle', () => {
    expect(headlineOf(alert({ isTest: true }))).toMatch(/^\[Test\] Budget acme-monthly has reached 75%/);
    expect(headlineOf(alert({ budgetId: `first${'x'.repeat(190)}-last` }), 20)).toMatch(/^Budget firstxxxxx…xxxx-last has reached/);
  });
});

describe('the figures', () => {
  it('are the month at first', () => {
    expect(factsOf(alert()).map(({ label, value }) => `${label}: ${value}`)).toEqual([
      'Spent this month: $780.00 of $1,000.00 (78%)',
      'Left this month: $220.00',
      'Forecast for the month: $6,045.00',
      'Month resets: 2026-02-01 00:00 UTC',
    ]);
  });

  it('add the day and executions where they crossed, and fit into ten', () => {
    const crossings = [
      crossing(0.5, { window: 'day' }),
      crossing(0.5, { kind: 'executions' }),
      crossing(0.5, { kind: 'executions', window: 'day' }),
    ];
    const facts = factsOf(alert({ crossings, closed: nasty.closed }));
    expect(facts.map(({ label }) => label).slice(4)).toEqual([
      ...['Spent today', 'Left today', 'Day resets', 'Executions this month', 'Executions today', 'Last month'],
    ]);
    expect(facts).toHaveLength(10);
  });

  it('of an unlimited budget say so', () => {
    expect(factsOf(alert({ month: spent(5, null) }))[0]?.value).toBe('$5.00, without a limit');
  });
});

it('every crossing is a line, of very many the latest, and so is what was denied', () => {
  const crossings = [crossing(0.5), crossing(0.9, { window: 'day', kind: 'executions' })];
  expect(eventsOf(alert({ crossings, denials: { count: 2, reason: 'Daily budget exceeded.', window: 'month', kind: 'cost' } }))).toEqual([
    '50% of the monthly limit, reached at 2026-01-04 12:00 UTC with 78%',
    '90% of the daily execution limit, reached at 2026-01-04 12:00 UTC with 78%',
    '2 calls denied: Daily budget exceeded.',
  ]);
  expect(eventsOf(nasty)).toHaveLength(22);
  expect(eventsOf(nasty)[0]).toBe('… and 380 earlier');
});

it('whose budget it is is said from the widest to the narrowest', () => {
  const scope = { organizationId: 'acme', teamId: 'growth', userId: 'ann', agentId: 'a1' };
  expect(provenanceOf(alert({ scope, agentId: 'a1', isDigest: true })).join(' · ')).toBe(
    'Organization acme · Team growth · User ann · Agent a1 · Budget acme-monthly · Collected since the last message',
  );
});

describe('formats', () => {
  it.each([
    [0, '$0.00'],
    [0.000001, '$0.000001'],
    [0.0123, '$0.0123'],
    [0.999999, '$0.999999'],
    [1.999999, '$1.99'],
    [0.29 + 1, '$1.29'],
    [999_999.999, '$999,999.99'],
    [1_234_567.5, '$1,234,567.50'],
    [9_007_199_254, '$9,007,199,254.00'],
    [-5, '-$5.00'],
  ])('%p USD is %s', (usd, expected) => {
    expect(shownUsd(usd)).toBe(expected);
  });

  it.each([
    [0, '░░░░░░░░░░ 0%'],
    [0.29, '▓▓░░░░░░░░ 29%'],
    [0.999999, '▓▓▓▓▓▓▓▓▓░ 99%'],
    [1, '▓▓▓▓▓▓▓▓▓▓ 100%'],
    [2.5, '▓▓▓▓▓▓▓▓▓▓ 250%'],
  ])('a share of %p is %s', (share, expected) => {
    expect(`${barOf(share)} ${shownShare(share)}`).toBe(expected);
  });

  it('cutting never leaves half a character', () => {
    for (let longest = 5; longest < 40; longest += 1) {
      for (const cut of [clipped('😀'.repeat(30), longest), shortened('😀'.repeat(30), longest)]) {
        expect(cut.length).toBeLessThanOrEqual(longest);
        expect(cut).not.toMatch(HALF_A_CHARACTER);
      }
    }
  });
});
