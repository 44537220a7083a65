import type { Duplex } from 'node:stream';
import { CONTENT_TYPE } from './problem';

/** What Node's parser refuses before there is a request: by its error's code. */
const REFUSALS: Readonly<Record<string, readonly [status: string, type: string, detail: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'headers-too-large', 'The headers are too large'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['413 Content Too Large', 'too-large', 'The extensions of its chunks are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'too-slow', 'The request did not arrive in time'],
};
const NO_REQUEST = ['400 Bad Request', 'invalid-request', 'This is no HTTP request'] as const;

/** Answers what no route will ever see, as every other error is answered, and hangs up. */
export function refuseUnread(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, type, detail] = REFUSALS[error.code ?? ''] ?? NO_REQUEST;
  const body = JSON.stringify({
    type: `urn:agent-budget:problem:${type}`,
    title: status.slice(4),
    status: Number(status.slice(0, 3)),
    detail,
  });
  const headers = `Content-Type: ${CONTENT_TYPE}\r\nContent-Length: ${String(body.length)}\r\nConnection: close`;
  socket.end(`HTTP/1.1 ${status}\r\n${headers}\r\n\r\n${body}`);
}
