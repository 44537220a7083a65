/**
 * The thresholds that usage reaches and that lie above `above`, in order: above what usage was, or above the highest that was
 * crossed before. Shares of 1; reaching one crosses it.
 */
export function crossedThresholds(thresholds: readonly number[], usage: number, above: number): number[] {
  return thresholds.filter((threshold) => above < threshold && threshold <= usage);
}
