const UNREADABLE = 'a database whose address cannot be read';

/**
 * A database's address as it may be shown: built anew from what is no secret, for a password may stand in several places of it, and
 * where it does not parse, anywhere.
 */
export function withoutPassword(url: string): string {
  // A user without a host is the driver's own notation.
  const written = url.replace('@/', '@_/');
  if (!URL.canParse(written)) return UNREADABLE;
  const { protocol, username, host, pathname, searchParams, search, hash } = new URL(written);
  const user = searchParams.get('user') ?? username;
  // An @ where nothing has one: part of a password with / ? or # in it was taken for the host.
  const isAstray = `${pathname}${hash}`.includes('@') || (user === '' && search.includes('@'));
  if (!/^(postgres|postgresql):$/.test(protocol) || isAstray) return UNREADABLE;
  const where = searchParams.get('host') ?? (written === url ? host : '');
  return `${protocol}//${user === '' ? '' : `${user}@`}${where}${pathname}`;
}
