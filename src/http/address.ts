import ipaddr from 'ipaddr.js';
import { incomingOf, type ApiContext } from './context';

/** What a quota of addresses is kept by. One who has an IPv6 address has a whole /64 of them: that counts as one. */
export function addressOf(c: ApiContext, isBehindProxy: boolean): string {
  // The last entry is the proxy's own word; what stands before it, anybody may have written.
  const forwarded = isBehindProxy ? c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined;
  const address = forwarded ?? incomingOf(c)?.socket.remoteAddress ?? 'unknown';
  if (!ipaddr.isValid(address)) return address;
  // An IPv4 address that is written as IPv6 is read as IPv4.
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  return `${parsed.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
