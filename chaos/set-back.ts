/** Loaded before a process's own code (`node --require`): its clock is so many milliseconds behind. */
const behindMs = Number(process.env['CHAOS_CLOCK_BEHIND_MS'] ?? 0);
const RealDate = Date;

class LateDate extends RealDate {
  constructor(...args: readonly unknown[]) {
    if (args.length === 0) super(RealDate.now() - behindMs);
    else super(...(args as [number]));
  }

  static override now(): number {
    return RealDate.now() - behindMs;
  }
}

globalThis.Date = LateDate as DateConstructor;
