import { lookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { ForbiddenTarget } from './errors';
import { isPublicAddress } from './public-address';

/** Finds all addresses of a name. */
export type Resolve = (hostname: string, callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void) => void;

const resolveBySystem: Resolve = (hostname, callback) => {
  lookup(hostname, { all: true }, callback);
};

/**
 * A DNS look-up for sockets that refuses a name if any of its addresses is not public. The socket connects to what this returns,
 * so a name that changes its address between check and use (DNS rebinding) gains nothing.
 */
export function guardedLookup(resolve: Resolve = resolveBySystem): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, (error, addresses) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const [first] = addresses;
      if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address))) {
        callback(new ForbiddenTarget(hostname), []);
        return;
      }
      if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
