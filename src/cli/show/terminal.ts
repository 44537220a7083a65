import pc from 'picocolors';
import type { TerminalSettings } from '../../config';

export type Colours = ReturnType<typeof pc.createColors>;

/** Where a stream leads, and what may be written there. */
export interface Terminal {
  readonly colours: Colours;
  /** Columns that a line may have; Infinity where nobody reads it on a screen. */
  readonly width: number;
}

/** NO_COLOR wins, FORCE_COLOR comes next, and else only a terminal gets colours. */
export function terminalOf(stream: { readonly isTTY?: boolean; readonly columns?: number }, settings: TerminalSettings): Terminal {
  const isTerminal = stream.isTTY === true;
  const hasColours = !settings.noColour && (settings.forceColour || (isTerminal && !settings.isDumb));
  return { colours: pc.createColors(hasColours), width: isTerminal ? (stream.columns ?? 80) : Infinity };
}
