/** Loaded on demand: Temporal's client is half of a start of the command line, and half of the commands need none. */
export const loadClient = () => import('../client/index.ts');
