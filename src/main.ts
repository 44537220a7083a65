#!/usr/bin/env node
import { ExitCode } from './cli/exit-code';
import { runCommandLine } from './cli/run';
import { Interrupted } from './ground/stopping';

/** npm passes on to us the Ctrl-C that the terminal has sent to both: what comes within it is the first one still. */
const ONE_PRESS_MS = 500;

const stopping = new AbortController();
const stop = (by: NodeJS.Signals | null) => {
  stopping.abort(new Interrupted('Stopped before it was up.', by));
};
let firstAt: number | null = null;
const onSignal = (signal: NodeJS.Signals) => {
  firstAt ??= performance.now();
  stop(signal);
  // Whoever asks again waits for nothing more. The servers that were started here end with us.
  if (performance.now() - firstAt > ONE_PRESS_MS) process.exit(ExitCode.interrupted);
};
process.on('SIGINT', onSignal);
process.on('SIGTERM', onSignal);
// Nobody reads any more, as after `| head`: a service drains then, and all else ends.
process.stdout.on('error', () => {
  stop(null);
});

void runCommandLine(process.argv.slice(2), stopping.signal).then((code) => process.exit(code));
