import { Context } from '@temporalio/activity';

const HEARTBEAT_MS = 1_000;

/** A sign of life every second, so that a worker that died is soon replaced; returns how to stop it. */
export function startHeartbeats(): () => void {
  const context = Context.current();
  const heartbeat = setInterval(() => {
    context.heartbeat();
  }, HEARTBEAT_MS);
  return () => {
    clearInterval(heartbeat);
  };
}
