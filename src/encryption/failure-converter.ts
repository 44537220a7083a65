import { DefaultFailureConverter } from '@temporalio/common';

/**
 * Puts messages and stack traces of failures where the codec reaches them. A module of its own, named by its path: the SDK loads it
 * into clients, workers and the bundle of workflows, each for itself.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
