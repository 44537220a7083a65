import { readdirSync, readFileSync } from 'node:fs';

/** Of Linux, for USER_HZ of 100. */
const MS_PER_TICK = 10;

/** What this process and all that it started have used of the processors, by the name of their program. Empty where there is no /proc. */
export function cpuMsByProgram(): Record<string, number> {
  const stats = readdirSafely('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap(statOf);
  const ours = new Set([process.pid]);
  // A parent may have a higher number than its child.
  for (let before = 0; before < ours.size;) {
    before = ours.size;
    for (const { pid, parent } of stats) if (ours.has(parent)) ours.add(pid);
  }
  const times: Record<string, number> = {};
  for (const { pid, program, cpuMs } of stats) {
    if (!ours.has(pid)) continue;
    const name = program !== 'node' ? program : pid === process.pid ? 'client' : 'worker';
    times[name] = (times[name] ?? 0) + cpuMs;
  }
  return times;
}

function statOf(pid: string) {
  try {
    // "pid (program) state parent ...": a program's name may have spaces and brackets.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = stat.lastIndexOf(')');
    const fields = stat
      .slice(end + 2)
      .split(' ')
      .map(Number);
    const name = stat.slice(stat.indexOf('(') + 1, end);
    // In user mode and in the kernel, its own and of its children that have ended.
    const ticks = fields.slice(11, 15).reduce((sum, time) => sum + time, 0);
    return [{ pid: Number(pid), program: /node|main/i.test(name) ? 'node' : name, parent: fields[1] ?? 0, cpuMs: ticks * MS_PER_TICK }];
  } catch {
    return []; // It has ended meanwhile.
  }
}

function readdirSafely(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
