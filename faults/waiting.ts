import { setTimeout as pause } from 'node:timers/promises';
import type { Scene } from './fault';

type Waiting = Pick<Scene, 'signal' | 'patienceMs'>;

/** Waits so long; where the fault is over before, throws why. */
export async function wait({ signal }: Waiting, forMs: number): Promise<void> {
  await pause(forMs, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}

/** Waits until it is so. What does not come must be said, and not waited for. */
export async function until(scene: Waiting, claim: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + scene.patienceMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not so within ${String(scene.patienceMs / 1_000)} s: ${claim}`);
    await wait(scene, 20);
  }
}
