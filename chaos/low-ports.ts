import { isPortFree } from '../src/ground/ports';

/**
 * Free ports below 32,768: no connection is given one of them by chance while a server that was killed is away, and the schema of the full
 * Temporal server keeps those of its members as smallint.
 */
export async function lowPorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let port = from; ports.length < count; port += 1) {
    from = port + 1;
    if (await isPortFree(port)) ports.push(port);
  }
  return ports;
}

/** Each run of a machine looks somewhere else, and none twice at the same. */
let from = 15_000 + (process.pid % 15_000);
