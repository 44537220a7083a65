import { percent } from '../domain/messages';
import { formatUsd, microUsd } from '../domain/money';

/** `$1,234.50`. From a dollar up in whole cents, rounded down like every percentage; what is less, exactly. */
export function shownUsd(usd: number): string {
  const exact = Math.round(usd * 1_000_000);
  const [dollars = '', decimals = ''] = formatUsd(microUsd(exact >= 1_000_000 ? exact - (exact % 10_000) : exact)).split('.');
  return `${dollars.replace(/\B(?=(\d{3})+$)/g, ',')}.${decimals}`;
}

/** `78%`, rounded down: a limit that is not reached must not read as 100 %. */
export function shownShare(share: number): string {
  return `${percent(share)}%`;
}

/** `2026-02-01 00:00 UTC`. */
export function shownInstant(instant: string): string {
  return `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `▓▓▓▓▓▓▓░░░`: a tenth filled for each tenth used. */
export function barOf(share: number): string {
  const filled = Math.min(10, Math.max(0, Math.floor(Number(percent(share)) / 10)));
  return '▓'.repeat(filled) + '░'.repeat(10 - filled);
}

/** At most so many UTF-16 units, never half a character; what was cut off leaves `…` behind. */
export function clipped(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** The same, cut in the middle: the ends of an id tell more than its middle. */
export function shortened(id: string, longest: number): string {
  if (id.length <= longest) return id;
  const tail = Math.floor((longest - 1) / 2);
  return clipped(id, longest - tail) + id.slice(-tail).replace(/^[\uDC00-\uDFFF]/, '');
}
