import ipaddr from 'ipaddr.js';

/**
 * Whether an IP address is an ordinary one of the public internet. Everything with a special meaning is not: private, loopback,
 * link-local, carrier-grade NAT, multicast, unspecified, reserved, and IPv6 forms that carry an IPv4 address (mapped, NAT64, 6to4,
 * Teredo), which would reach a private address by a detour.
 */
export function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.parse(address).range() === 'unicast';
}
