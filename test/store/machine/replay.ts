import fc, { type IAsyncProperty } from 'fast-check';

/** `LEDGER_HISTORIES=2000` takes so many histories of each property instead of a few. */
export function historiesOr(few: number): number {
  return Number(process.env['LEDGER_HISTORIES'] ?? few);
}

interface Replay {
  readonly seed?: number;
  readonly path?: string;
  readonly replayPath?: string;
}

/** What a failure said: `LEDGER_REPLAY='{"seed":...}'` goes straight to it. Every property reads it, so that `-t` must name the one that failed. */
export const REPLAY = JSON.parse(process.env['LEDGER_REPLAY'] ?? '{}') as Replay;

/** Takes so many histories; where one fails, the error ends with how to see it again. */
export async function assertHolds<Told>(property: IAsyncProperty<Told>, few: number): Promise<void> {
  const { seed, path } = REPLAY;
  const from = { ...(seed !== undefined && { seed }), ...(path !== undefined && { path }) };
  const details = await fc.check(property, { numRuns: historiesOr(few), ...from });
  if (!details.failed) return;
  const message = fc.defaultReportMessage(details) ?? '';
  const replayPath = /replayPath="([^"]*)/.exec(message)?.[1];
  const again = { seed: details.seed, path: details.counterexamplePath, ...(replayPath !== undefined && { replayPath }) };
  const command = `LEDGER_REPLAY='${JSON.stringify(again)}' npx jest test/store/machine -t '${expect.getState().currentTestName ?? ''}'`;
  throw new Error(`${message}\n\nAgain: ${command}`, { cause: details.errorInstance });
}
