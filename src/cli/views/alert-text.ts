import type { Delivery, StoredAlert } from '../../store/alert-store';
import { percent, when } from '../show/format';
import { table, type Cell } from '../show/table';
import type { Colours, Terminal } from '../show/terminal';

/** A line for each delivery; an alert that nobody was to get has one too. */
export function alertTable(alerts: readonly StoredAlert[], terminal: Terminal): string {
  const rows = alerts.flatMap((alert) => {
    const deliveries: readonly (Delivery | null)[] = alert.deliveries.length === 0 ? [null] : alert.deliveries;
    return deliveries.map((delivery) => ({ alert, delivery }));
  });
  return table(
    rows,
    [
      { title: 'ALERT', of: ({ alert }) => String(alert.alertId), isRight: true },
      { title: 'AT', of: ({ alert }) => when(new Date(alert.createdAt).toISOString()), isWhole: true },
      { title: 'EVENT', of: ({ alert }) => alert.message.event },
      { title: 'USED', of: ({ alert }) => percent(alert.message.month.usage), isRight: true },
      { title: 'CHANNEL', of: ({ delivery }) => delivery?.channel ?? 'none' },
      { title: 'STATE', of: ({ delivery }) => stateCell(delivery, terminal.colours) },
      { title: 'TO', of: ({ delivery }) => delivery?.target ?? '' },
      { title: 'NOTE', of: ({ delivery }) => delivery?.note ?? delivery?.lastAttempts.at(-1)?.answer ?? '' },
    ],
    terminal,
  );
}

function stateCell(delivery: Delivery | null, { green, red, yellow }: Colours): Cell {
  if (delivery === null) return { text: '' };
  const { state } = delivery;
  return { text: state, colour: state === 'sent' ? green : state === 'pending' ? yellow : red };
}
