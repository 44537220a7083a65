import { command } from '../args/command';
import type { Finding } from '../doctor/finding';
import { ExitCode } from '../exit-code';
import { counted } from '../show/format';
import type { Terminal } from '../show/terminal';
import { oneLine } from '../show/text';

export const doctor = command({
  name: 'doctor',
  summary: 'check what agent-budget needs, and say what to do',
  examples: [
    ['agent-budget doctor', 'a line for each check: ok, warn or fail; exit code 1 where one fails'],
    ['agent-budget doctor --json | jq \'select(.state != "ok")\'', 'one object a check'],
  ],
  notes: ['It changes nothing and sends nothing.'],
  run: async (context) => {
    // Loaded on demand: it speaks to every kind of server.
    const { allFindings } = await import('../doctor/all-findings.ts');
    const findings = await context.progress('Checking', () => allFindings(context));
    context.output.list(findings, (terminal) => textOf(findings, terminal));
    return findings.some(({ state }) => state === 'fail') ? ExitCode.failed : ExitCode.ok;
  },
});

function textOf(findings: readonly Finding[], { colours }: Terminal): string {
  const colour = { ok: colours.green, warn: colours.yellow, fail: colours.red };
  const widest = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, state, finding, advice }) => [
    `${colour[state](state.padEnd(4))}  ${check.padEnd(widest)}  ${oneLine(finding)}`,
    ...(advice === null ? [] : [`${' '.repeat(widest + 8)}${advice}`]),
  ]);
  const failed = findings.filter(({ state }) => state === 'fail').length;
  return [...lines, '', failed === 0 ? colours.green('Nothing fails.') : colours.red(`${counted(failed, 'check')} failed.`)].join('\n');
}
