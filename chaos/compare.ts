import { alertsIn } from './compare-alerts';
import { answersIn } from './compare-answers';
import { chargesIn } from './compare-charges';
import { driftIn, leakedIn } from './compare-ledger';
import { overspentIn } from './compare-limits';
import { unseenIn } from './compare-seen';
import type { Records } from './records';

/** What must be 0 each, and `unreported`, which need not: what agents spent and could tell nobody. `findings` says what was found where. */
export interface Verdict {
  readonly drift: number;
  readonly leakedHolds: number;
  readonly doubleCharges: number;
  readonly uncharged: number;
  readonly unreported: number;
  readonly overspend: number;
  readonly lostAlerts: number;
  readonly repeatedAlerts: number;
  readonly stuck: number;
  /** Also those that no figure counts: answers that cannot be, and a run that did not do what it is for. */
  readonly findings: readonly string[];
}

export function compare(records: Records): Verdict {
  const { unreported, ...charges } = chargesIn(records);
  const faults = {
    drift: driftIn(records),
    leakedHolds: leakedIn(records),
    ...charges,
    overspend: overspentIn(records),
    ...alertsIn(records),
    stuck: stuckIn(records),
  };
  const count = Object.fromEntries(Object.entries(faults).map(([name, all]) => [name, all.length])) as Record<keyof typeof faults, number>;
  const named = Object.entries({ ...faults, answers: [...answersIn(records), ...unseenIn(records)] });
  return { ...count, unreported: unreported.length, findings: named.flatMap(([name, all]) => all.map((one) => `${name}: ${one}`)) };
}

function stuckIn({ calls, outcomes, histories }: Records): string[] {
  return calls.filter(({ number, key }) => !outcomes.has(number) || histories.get(key)?.isOpen === true).map(({ key }) => key);
}

/** The verdict on all of them. */
export function together(verdicts: readonly Verdict[]): Verdict {
  const sum = (name: Exclude<keyof Verdict, 'findings'>) => verdicts.reduce((total, verdict) => total + verdict[name], 0);
  return {
    drift: sum('drift'),
    leakedHolds: sum('leakedHolds'),
    doubleCharges: sum('doubleCharges'),
    uncharged: sum('uncharged'),
    unreported: sum('unreported'),
    overspend: sum('overspend'),
    lostAlerts: sum('lostAlerts'),
    repeatedAlerts: sum('repeatedAlerts'),
    stuck: sum('stuck'),
    findings: verdicts.flatMap(({ findings }) => findings),
  };
}
