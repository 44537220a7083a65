import { DefaultLogger, type RuntimeOptions } from '@temporalio/worker';

/** For `Runtime.install`: only errors, and all by the logger, on stderr. The SDK's native side would write its own to stdout. */
export const quietRuntime: RuntimeOptions = {
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
};
