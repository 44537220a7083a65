import { rmSync } from 'node:fs';

/** Stops what global-setup started, by process id, and removes its data. */
export default async function globalTeardown(): Promise<void> {
  if (globalThis.testGround === undefined) return;
  const { ground, folder } = globalThis.testGround;
  await ground.stop();
  rmSync(folder, { recursive: true, force: true });
}
