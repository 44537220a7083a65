import type { AlertMessage } from '../../contract/payloads/alert';
import type { Delivery, StoredAlert } from '../../store/alert-store';
import { percent, when } from '../show/format';
import { table, type Cell } from '../show/table';
import type { Colours, Terminal } from '../show/terminal';

/** An alert and how it fared, as the HTTP API writes it. */
export interface AlertView {
  readonly alertId: number;
  readonly budgetId: string;
  readonly event: AlertMessage['event'];
  readonly createdAt: string;
  readonly giveUpAt: string;
  readonly deliveries: readonly DeliveryView[];
  readonly message: AlertMessage;
}

type DeliveryView = Pick<Delivery, 'channel' | 'target' | 'state' | 'attempts' | 'note' | 'remaining' | 'refused'> & {
  readonly updatedAt: string;
  /** What the last attempt was answered. */
  readonly answer: string | null;
};

export function alertView({ alertId, budgetId, message, createdAt, giveUpAt, deliveries }: StoredAlert): AlertView {
  return {
    alertId,
    budgetId,
    event: message.event,
    createdAt: new Date(createdAt).toISOString(),
    giveUpAt: new Date(giveUpAt).toISOString(),
    deliveries: deliveries.map(deliveryView),
    message,
  };
}

function deliveryView({ channel, target, state, attempts, note, remaining, refused, updatedAt, lastAttempts }: Delivery): DeliveryView {
  const answer = lastAttempts.at(-1)?.answer ?? null;
  return { channel, target, state, attempts, note, remaining, refused, updatedAt: new Date(updatedAt).toISOString(), answer };
}

/** A line for each delivery; an alert that nobody was to get has one too. */
export function alertTable(alerts: readonly AlertView[], terminal: Terminal): string {
  const rows = alerts.flatMap((alert) => {
    const deliveries: readonly (DeliveryView | null)[] = alert.deliveries.length === 0 ? [null] : alert.deliveries;
    return deliveries.map((delivery) => ({ alert, delivery }));
  });
  return table(
    rows,
    [
      { title: 'ALERT', of: ({ alert }) => String(alert.alertId), isRight: true },
      { title: 'AT', of: ({ alert }) => when(alert.createdAt), isWhole: true },
      { title: 'EVENT', of: ({ alert }) => alert.event },
      { title: 'USED', of: ({ alert }) => percent(alert.message.month.usage), isRight: true },
      { title: 'CHANNEL', of: ({ delivery }) => delivery?.channel ?? 'none' },
      { title: 'STATE', of: ({ delivery }) => stateCell(delivery, terminal.colours) },
      { title: 'TO', of: ({ delivery }) => delivery?.target ?? '' },
      { title: 'NOTE', of: ({ delivery }) => delivery?.note ?? delivery?.answer ?? '' },
    ],
    terminal,
  );
}

function stateCell(delivery: DeliveryView | null, { green, red, yellow }: Colours): Cell {
  if (delivery === null) return { text: '' };
  const { state } = delivery;
  return { text: state, colour: state === 'sent' ? green : state === 'pending' ? yellow : red };
}
