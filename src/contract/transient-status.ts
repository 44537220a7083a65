/**
 * gRPC's CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, FAILED_PRECONDITION, ABORTED, INTERNAL and UNAVAILABLE: the server is away or
 * overloaded, or the connection was lost or reset (a proxy in between says so by 1, 10 and 13), or workers died over a run's tasks (9),
 * and it may be asked again.
 */
export const TRANSIENT_STATUS: ReadonlySet<unknown> = new Set([1, 4, 8, 9, 10, 13, 14]);
