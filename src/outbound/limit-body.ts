import { TransformStream } from 'node:stream/web';
import { Response } from 'undici';
import { ResponseTooLarge } from './errors';

/** The same response, whose body fails with ResponseTooLarge past the limit. It counts unpacked bytes, so no zip bomb gets through. */
export function limitBody(response: Response, host: string, limitBytes: number): Response {
  if (response.body === null) return response;
  let bytes = 0;
  const limiter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > limitBytes) throw new ResponseTooLarge(host, limitBytes);
      controller.enqueue(chunk);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(limiter), { status, statusText, headers });
}
