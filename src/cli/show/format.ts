/** USD as people write it: at least two decimals, and as many as there are. */
export function money(usd: number): string {
  const [whole = '0', decimals = ''] = Math.abs(usd)
    .toFixed(6)
    .replace(/0{1,4}$/, '')
    .split('.');
  return `${usd < 0 ? '-' : ''}$${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${decimals}`;
}

export function moneyOr(nothing: string, usd: number | null): string {
  return usd === null ? nothing : money(usd);
}

export function percent(share: number | null): string {
  return share === null ? '' : `${String(Math.round(share * 1000) / 10)} %`;
}

/** To the minute, in UTC: `2026-11-25 14:47Z`. */
export function when(instant: string | number | Date | null): string {
  return instant === null
    ? ''
    : new Date(instant)
        .toISOString()
        .replace(/:\d{2}\.\d{3}/, '')
        .replace('T', ' ');
}

export function seconds(ms: number): string {
  return ms < 1_000 ? `${String(Math.round(ms))} ms` : `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

/** `1 budget`, `2 budgets`. */
export function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}
