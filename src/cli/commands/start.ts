import path from 'node:path';
import { command } from '../args/command';
import { text } from '../args/flag';
import { ExitCode } from '../exit-code';
import { jsonPrinter, textPrinter } from '../printer';
import { sampleDocument } from '../sample-document';

const README = path.join(__dirname, '../../../../README.md');

export const start = command({
  name: 'start',
  summary: 'bring everything up here (Temporal, PostgreSQL, a worker, the HTTP API) and run a sample agent',
  isService: true,
  flags: { input: text('FILE', 'the document that the sample reads; default: the README') },
  examples: [
    ['agent-budget start', 'as `npm start`: ready in seconds, up until Ctrl-C'],
    ['agent-budget start --input report.md --json', 'reads another document; one JSON object a line'],
  ],
  notes: ['TEMPORAL_ADDRESS and DATABASE_URL, where they are set, name servers to use instead of starting some.'],
  run: async (context, { input }) => {
    const { output, stopping } = context;
    const write = (line: string) => process.stdout.write(`${line}\n`);
    const printer = output.isJson ? jsonPrinter(write) : textPrinter(write, output.terminal.colours);
    const document = sampleDocument(input ?? README);
    // Loaded on demand: connectors, tokenizer and prices take most of a second, which no other command needs.
    const service = await import('../start.ts');
    await service.start(context.config(), document, printer, output.note, stopping);
    return ExitCode.ok;
  },
});
