import { isIP } from 'node:net';
import { buildConnector } from 'undici';
import { ConnectionFailed, ForbiddenTarget, outboundErrorIn } from './errors';
import { guardedLookup, type Resolve } from './guarded-lookup';
import { isPublicAddress } from './public-address';

const CONNECT_TIMEOUT_MS = 10_000;

/** Opens the sockets of the outbound client. Every connection passes here, so this is where targets are checked. */
export function guardedConnector(allowPrivateTargets: boolean, resolve?: Resolve): buildConnector.connector {
  const connect = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    ...(allowPrivateTargets ? {} : { lookup: guardedLookup(resolve) }),
  });
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    // A socket to a literal address never asks the look-up.
    if (!allowPrivateTargets && isIP(host) !== 0 && !isPublicAddress(host)) {
      callback(new ForbiddenTarget(host), null);
      return;
    }
    connect(options, (error, socket) => {
      if (error === null) callback(null, socket);
      else callback(outboundErrorIn(error) ?? new ConnectionFailed(host, error), null);
    });
  };
}
