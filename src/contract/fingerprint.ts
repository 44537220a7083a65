import { hash } from 'node:crypto';
import { canonical } from '../domain/canonical';

/** A request's body in short: the same for the same fields and values, whatever their order. */
export function fingerprintOf(body: object): string {
  return hash('sha256', canonical(body), 'hex');
}
