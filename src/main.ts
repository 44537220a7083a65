import path from 'node:path';
import { parseOptions } from './cli/options';
import { jsonPrinter, textPrinter } from './cli/printer';
import { start } from './cli/start';
import { readConfig } from './config';
import { SetupError } from './contract/setup-error';

const README = path.join(__dirname, '../../README.md');

async function main(): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        resolve();
      });
    }
  });
  const options = parseOptions(process.argv.slice(2), README);
  const write = (line: string) => process.stdout.write(`${line}\n`);
  await start(readConfig(), options, options.isJson ? jsonPrinter(write) : textPrinter(write), stopped);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    // What the user can mend is one line; anything else is ours, and wants its stack.
    console.error(error instanceof SetupError ? error.message : error);
    process.exit(1);
  },
);
