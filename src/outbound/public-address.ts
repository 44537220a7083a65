import ipaddr from 'ipaddr.js';

/** All that was ever given out of IPv6; also what carries an IPv4 address as `::127.0.0.1` does is outside of it. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

/**
 * Whether an IP address is an ordinary one of the public internet. Everything with a special meaning is not: private, loopback,
 * link-local, carrier-grade NAT, multicast, unspecified, reserved, and IPv6 forms that carry an IPv4 address (mapped, compatible, NAT64, 6to4,
 * Teredo), which would reach a private address by a detour.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  return parsed.range() === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(GLOBAL_UNICAST));
}
