#!/usr/bin/env node
import { runCommandLine } from './cli/run';

const stopped = new Promise<void>((resolve) => {
  const stop = () => {
    resolve();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // Nobody reads any more, as after `| head`: a service drains then, and all else ends.
  process.stdout.on('error', stop);
});

void runCommandLine(process.argv.slice(2), stopped).then((code) => process.exit(code));
