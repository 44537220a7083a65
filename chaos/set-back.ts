import { readFileSync } from 'node:fs';

/**
 * Loaded before a process's own code (`node --require`): its clock is so many milliseconds behind as a file says, from when that is there,
 * which is when the calls begin: how long everything takes to start, nobody knows before.
 */
const file = process.env['CHAOS_CLOCK_FILE'] ?? '';
const RealDate = Date;
let behindMs: number | undefined;

function now(): number {
  if (behindMs === undefined) {
    try {
      behindMs = Number(readFileSync(file, 'utf8'));
    } catch {
      return RealDate.now();
    }
  }
  return RealDate.now() - behindMs;
}

class LateDate extends RealDate {
  constructor(...args: readonly unknown[]) {
    if (args.length === 0) super(now());
    else super(...(args as [number]));
  }

  static override now(): number {
    return now();
  }
}

globalThis.Date = LateDate as DateConstructor;
