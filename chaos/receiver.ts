import { createServer } from 'node:http';
import { listen, type Listening } from './listen';
import type { Random } from './random';

/** A webhook that arrived, however it was answered. */
export interface Told {
  readonly organizationId: string;
  readonly budgetId: string;
  readonly id: string;
  readonly crossings: readonly Crossing[];
  /** Of how many denied calls. */
  readonly denials: number;
  readonly wasTaken: boolean;
}

export interface Crossing {
  readonly window: 'month' | 'day';
  readonly kind: 'cost' | 'executions';
  /** ISO 8601. */
  readonly window_start: string;
  readonly threshold: number;
}

interface Body {
  readonly crossings: readonly Crossing[];
  readonly denials?: { readonly count: number };
}

export interface Receiver extends Pick<Listening, 'close'> {
  urlFor(organizationId: string, budgetId: string): string;
  readonly told: readonly Told[];
}

/** How often one message is refused: its budget's others wait behind it, and the run for them all. */
const MOST_REFUSALS = 2;

/** Takes most webhooks, and answers the rest with an error, or not at all. */
export async function serveReceiver(random: Random): Promise<Receiver> {
  const told: Told[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { crossings, denials } = JSON.parse(Buffer.concat(chunks).toString()) as Body;
      const id = String(request.headers['webhook-id']);
      const wasTaken = told.filter((one) => one.id === id && !one.wasTaken).length >= MOST_REFUSALS || random.isTrue(0.8);
      const [, organizationId = '', budgetId = ''] = request.url?.split('/') ?? [];
      told.push({ organizationId, budgetId, id, crossings, denials: denials?.count ?? 0, wasTaken });
      if (wasTaken) response.end();
      else if (random.isTrue(0.5)) response.writeHead(500).end();
      else request.socket.destroy();
    });
  });
  const { url, close } = await listen(server);
  return { urlFor: (organizationId, budgetId) => `${url}/${organizationId}/${budgetId}`, told, close };
}
