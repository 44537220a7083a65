import type { ChannelName } from '../../contract/payloads/alert';
import { alertJson } from '../../http/alert-mapping';
import { command } from '../args/command';
import { oneOf, required, span, whole, withDefault } from '../args/flag';
import { UsageError } from '../args/usage-error';
import type { Context } from '../context';
import { ExitCode, NotFound } from '../exit-code';
import { loadClient } from '../load-client';
import { table, type Cell } from '../show/table';
import type { Colours } from '../show/terminal';
import { alertTable } from '../views/alert-text';
import { organization } from './common';
import { answerOfWorker } from './workers';

const CHANNELS = ['webhook', 'slack', 'teams', 'email'] as const satisfies readonly ChannelName[];
const patience = withDefault(span('how long a worker may take'), 120_000, '120s');

const list = command({
  name: 'alerts list',
  summary: "a budget's alerts, the newest first, and where they arrived",
  operands: ['BUDGET'],
  flags: { org: organization, limit: withDefault(whole('how many at most', 1, 1_000), 20) },
  examples: [['agent-budget alerts list acme-monthly --org acme', 'what was told, by which channel, and what failed']],
  run: async (context, { org, limit }, [budgetId = '']) => {
    const rows = await (await context.store()).alerts(org, budgetId, limit);
    context.output.list(rows.map(alertJson), (terminal) => (rows.length === 0 ? 'No alerts.' : alertTable(rows, terminal)));
    return ExitCode.ok;
  },
});

const test = command({
  name: 'alerts test',
  summary: 'send a sample through every channel of a budget, from a worker',
  operands: ['BUDGET'],
  flags: { org: organization, patience },
  examples: [['agent-budget alerts test acme-monthly --org acme', 'what each channel answered; exit code 1 unless all took it']],
  run: async (context, { org, patience: patienceMs }, [budgetId = '']) => {
    const { client, taskQueue } = await alertClientOf(context);
    const asked = client.test({ organizationId: org, budgetId });
    const reports = await context.progress('Sending a sample', () => answerOfWorker(asked, taskQueue, patienceMs));
    if (reports.length === 0)
      throw new NotFound(`${budgetId} tells nobody: give it a webhook or recipients, as \`budgets put --help\` shows.`);
    context.output.list(reports, (terminal) =>
      table(
        reports,
        [
          { title: 'CHANNEL', of: ({ channel }) => channel },
          { title: 'DELIVERED', of: ({ isDelivered }) => deliveredCell(isDelivered, terminal.colours) },
          { title: 'ANSWER', of: ({ answer }) => answer },
        ],
        terminal,
      ),
    );
    return reports.every(({ isDelivered }) => isDelivered) ? ExitCode.ok : ExitCode.failed;
  },
});

const sendAgain = command({
  name: 'alerts send-again',
  summary: 'send an alert again by a channel that refused it or was given up',
  operands: ['BUDGET', 'ALERT_ID'],
  flags: { org: organization, channel: required(oneOf(CHANNELS, 'which one')), patience },
  examples: [
    ['agent-budget alerts send-again acme-monthly 12 --org acme --channel webhook', 'goes out again; `alerts list` shows how it fares'],
  ],
  run: async (context, { org, channel, patience: patienceMs }, [budgetId = '', id = '']) => {
    if (!/^\d{1,15}$/.test(id)) throw new UsageError(`ALERT_ID must be a number, as \`alerts list\` shows it, not ${JSON.stringify(id)}.`);
    const delivery = { organizationId: org, budgetId, alertId: Number(id), channel };
    const { client, taskQueue } = await alertClientOf(context);
    const asked = client.sendAgain(delivery);
    const isReopened = await context.progress('Asking for it', () => answerOfWorker(asked, taskQueue, patienceMs));
    if (!isReopened) throw new NotFound(`Alert ${id} of ${budgetId} has no delivery by ${channel} that is over and did not arrive.`);
    context.output.document({ ...delivery, isReopened }, () => `Alert ${id} goes out by ${channel} again.`);
    return ExitCode.ok;
  },
});

export const alerts = [list, test, sendAgain];

async function alertClientOf(context: Context) {
  const { createAlertClient } = await loadClient();
  const { client, taskQueue } = await context.temporal();
  return { client: createAlertClient(client, { taskQueue }), taskQueue };
}

function deliveredCell(isDelivered: boolean, { green, red }: Colours): Cell {
  return isDelivered ? { text: 'yes', colour: green } : { text: 'no', colour: red };
}
