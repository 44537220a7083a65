import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { DomainError, DomainErrorCode, LedgerUnavailable, type GovernanceService } from 'agent-budget';

/** What your app does. */
export interface App {
  /** Who sent the request, and for which organization. */
  currentUser(request: IncomingMessage): { organizationId: string; userId: string };
  estimateCost(body: unknown): number;
  execute(agentId: string, body: unknown): Promise<{ output: unknown; actualCost: number }>;
}

/** `POST /invoke/{agentId}`: 402 with the reason when a budget denies. The estimate is held while the agent runs. */
export function createEndpoint(governance: GovernanceService, app: App): Server {
  async function invoke(request: IncomingMessage): Promise<Answer> {
    const agentId = /^\/invoke\/([^/]+)$/.exec(request.url ?? '')?.[1];
    if (request.method !== 'POST' || agentId === undefined) return problem(404, 'Not found', 'POST /invoke/{agentId}');
    const { organizationId, userId } = app.currentUser(request);
    const body = await bodyOf(request);

    const estimatedCost = app.estimateCost(body);
    const reservation = await governance.reserve({ externalAgentId: agentId, organizationId, userId, estimatedCost });
    if (!reservation.allowed) return problem(402, 'Budget exceeded', reservation.reason, { denial: reservation.denial });

    const { key, warningMessage } = reservation;
    const { output, actualCost } = await app.execute(agentId, body).catch(async (error: unknown) => {
      await governance.commit({ organizationId, key, actualCost: null, executionSuccess: false }).catch(unlessAway);
      throw error;
    });
    await governance.commit({ organizationId, key, actualCost, executionSuccess: true }).catch(unlessAway);
    return { status: 200, body: { output, cost_usd: actualCost, warning_message: warningMessage } };
  }

  return createServer((request, response) => {
    void invoke(request)
      .catch(answerTo)
      .then((answer) => {
        send(response, answer);
      });
  });
}

/** The work is done, and its answer must not be paid for twice. The hold is still there: when it expires, its estimate is charged. */
function unlessAway(error: unknown): void {
  if (!(error instanceof LedgerUnavailable)) throw error;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

/** By the errors' types: never by what their texts say. An outage is neither an "allowed" nor a 402. */
function answerTo(error: unknown): Answer {
  if (error instanceof LedgerUnavailable) return problem(503, 'Ledger unavailable', 'Try again in a few seconds');
  if (error instanceof DomainError) return problem(error.code === DomainErrorCode.keyConflict ? 409 : 400, error.code, error.message);
  if (error instanceof SyntaxError) return problem(400, 'Not JSON', error.message);
  return problem(500, 'Internal error', 'The agent failed');
}

function problem(status: number, title: string, detail: string, more: object = {}): Answer {
  return { status, body: { title, status, detail, ...more } };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString());
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  response.writeHead(status, { 'content-type': type, ...(status === 503 && { 'retry-after': '5' }) }).end(JSON.stringify(body));
}
