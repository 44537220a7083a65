import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { eventually } from '../support/eventually';
import { ROOT } from './pages';

/** A shell that keeps its variables from one block to the next. */
export interface Shell {
  /** What the commands print. Rejects when one fails. */
  run(commands: string): Promise<string>;
  /** Starts a command that stays; what it has said once that is as wanted. */
  serve(command: string, isReady: RegExp): Promise<string>;
  /** Ends what was started, and says with which codes. */
  endServices(): Promise<number[]>;
  close(): Promise<void>;
}

/** As npm and npx would, but for the seconds that they take to find us: `npm start` with the variables of `start`. */
function makeCommands(folder: string, start: Readonly<Record<string, string>>): void {
  const main = `"${process.execPath}" "${path.join(ROOT, 'dist/src/main.js')}"`;
  const assigned = Object.entries(start).map(([name, value]) => `${name}='${value}'`);
  const scripts = {
    npm: [
      `if [ "$*" = start ]; then exec env ${assigned.join(' ')} ${main} start; fi`,
      `case "$1 $2 $3 $4" in "run -s bench:"*" --") bench="\${3#bench:}"; shift 4; exec "${process.execPath}" "${ROOT}/dist/bench/$bench.js" "$@";; esac`,
      `case "$1 $2 $3 $4" in "run -s chaos --"|"run -s faults --") script="$3"; shift 4; exec "${process.execPath}" "${ROOT}/dist/$script/index.js" "$@";; esac`,
      'exit 9',
    ].join('\n'),
    npx: `[ "$1" = agent-budget ] || exit 9\nshift\nexec ${main} "$@"`,
    node: `exec "${process.execPath}" "$@"`,
  };
  mkdirSync(folder);
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(folder, name), 0o755);
  }
}

export function openShell(folder: string, env: Readonly<Record<string, string>>, start: Readonly<Record<string, string>> = {}): Shell {
  const commands = path.join(folder, 'bin');
  makeCommands(commands, start);
  const inherited = { PATH: `${commands}:${process.env['PATH'] ?? ''}`, HOME: process.env['HOME'] ?? '/' };
  const child = spawn('sh', ['-e'], { cwd: folder, env: { ...inherited, ...env }, stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<void>((resolve) => child.on('close', resolve));
  const services: string[] = [];
  let blocks = 0;

  async function ask(line: string): Promise<string> {
    child.stdin.write(`${line}\n`);
    const answer = (await answers.next()) as IteratorResult<string, undefined>;
    if (answer.value === undefined) throw new Error(`A command failed: ${line}`);
    return answer.value;
  }

  return {
    run: async (script) => {
      const file = path.join(folder, `said-${String(++blocks)}`);
      await ask(`{ ${script}\n} >${file} 2>&1\necho done`).catch((error: unknown) => {
        throw new Error(readFileSync(file, 'utf8'), { cause: error });
      });
      return readFileSync(file, 'utf8');
    },
    serve: async (command, isReady) => {
      const file = path.join(folder, `said-${String(++blocks)}`);
      writeFileSync(file, '');
      services.push(await ask(`${command} >${file} 2>&1 &\necho $!`));
      return eventually(
        () => Promise.resolve(readFileSync(file, 'utf8')),
        (said) => isReady.test(said),
        60_000,
      );
    },
    endServices: async () => {
      const codes: number[] = [];
      for (const pid of services.splice(0))
        codes.push(Number(await ask(`kill -TERM ${pid}\nif wait ${pid}; then echo 0; else echo $?; fi`)));
      return codes;
    },
    close: async () => {
      // The shell itself is gone where a command failed.
      for (const pid of services.splice(0)) process.kill(Number(pid), 'SIGTERM');
      child.stdin.end('wait\n');
      await ended;
    },
  };
}
