import { fromUsd, type MicroUsd } from '../../domain/money';
import { instantOf, spanOf } from './time';
import { UsageError } from './usage-error';

/** An option of a command: how it is written, and what is read from it. */
export interface Flag<Value> {
  /** What stands for its value in the help; null: it takes none. */
  readonly placeholder: string | null;
  readonly text: string;
  /** Takes every value that was given, in order; none where it was left out. Throws UsageError. */
  read(given: readonly string[], name: string): Value;
}

export type Flags = Readonly<Record<string, Flag<unknown>>>;
export type ValuesOf<Own extends Flags> = { readonly [Name in keyof Own]: Own[Name] extends Flag<infer Value> ? Value : never };

/** A flag that may be left out, and then is undefined. Of several values the last one counts. */
function optional<Value>(placeholder: string, text: string, readOne: (value: string, name: string) => Value): Flag<Value | undefined> {
  return {
    placeholder,
    text,
    read: (given, name) => {
      const value = given.at(-1);
      return value === undefined ? undefined : readOne(value, name);
    },
  };
}

export function required<Value>(flag: Flag<Value | undefined>): Flag<Value> {
  return {
    ...flag,
    text: `${flag.text} (required)`,
    read: (given, name) => {
      const value = flag.read(given, name);
      if (value === undefined) throw new UsageError(`--${name} ${flag.placeholder ?? ''} is missing.`);
      return value;
    },
  };
}

export function withDefault<Value>(flag: Flag<Value | undefined>, value: Value, shown = String(value)): Flag<Value> {
  return { ...flag, text: `${flag.text}; default ${shown}`, read: (given, name) => flag.read(given, name) ?? value };
}

export function text(placeholder: string, meaning: string): Flag<string | undefined> {
  return optional(placeholder, meaning, (value) => value);
}

export function texts(placeholder: string, meaning: string): Flag<readonly string[]> {
  return { placeholder, text: `${meaning}; may be repeated`, read: (given) => given };
}

/** A switch: given or not. */
export function toggle(meaning: string): Flag<boolean> {
  return { placeholder: null, text: meaning, read: (given) => given.length > 0 };
}

export function oneOf<Value extends string>(values: readonly Value[], meaning: string): Flag<Value | undefined> {
  return optional(values.join('|'), meaning, (value, name) => {
    const known = values.find((one) => one === value);
    if (known === undefined) throw new UsageError(`--${name} must be one of ${values.join(', ')}, not ${JSON.stringify(value)}.`);
    return known;
  });
}

export function whole(meaning: string, least: number, most: number): Flag<number | undefined> {
  return optional('N', meaning, (value, name) => wholeOf(value, name, least, most));
}

/** Amounts are USD on the command line, and an exact number of micro-USD from here on. */
export function usd(meaning: string): Flag<MicroUsd | undefined> {
  return optional('USD', meaning, usdOf);
}

/** A limit: `none` is unlimited. */
export function usdLimit(meaning: string): Flag<MicroUsd | null | undefined> {
  return optional('USD|none', meaning, (value, name) => (value === 'none' ? null : usdOf(value, name)));
}

export function countLimit(meaning: string): Flag<number | null | undefined> {
  return optional('N|none', meaning, (value, name) => (value === 'none' ? null : wholeOf(value, name, 0, Number.MAX_SAFE_INTEGER)));
}

export function share(meaning: string): Flag<number | undefined> {
  return optional('SHARE', meaning, (value, name) => {
    if (/^\d*\.?\d+$/.test(value) && Number(value) > 0) return Number(value);
    throw new UsageError(`--${name} must be a share of the limit over 0, as 0.75, not ${JSON.stringify(value)}.`);
  });
}

/** An instant: ISO 8601, or how long from now. */
export function instant(meaning: string): Flag<number | undefined> {
  return optional('TIME', `${meaning}: 2027-01-31T00:00Z, or from now as 12h, 30d`, instantOf);
}

export function span(meaning: string): Flag<number | undefined> {
  return optional('SPAN', `${meaning}, as 90s, 15m, 12h, 30d`, spanOf);
}

function usdOf(value: string, name: string): MicroUsd {
  const amount = /^\$?(\d+(?:\.\d+)?|\.\d+)$/.exec(value)?.[1];
  if (amount === undefined) throw new UsageError(`--${name} must be an amount of USD, as 2.50, not ${JSON.stringify(value)}.`);
  return fromUsd(Number(amount));
}

function wholeOf(value: string, name: string, least: number, most: number): number {
  if (/^\d{1,16}$/.test(value) && Number(value) >= least && Number(value) <= most) return Number(value);
  throw new UsageError(`--${name} must be a whole number from ${String(least)} to ${String(most)}, not ${JSON.stringify(value)}.`);
}
