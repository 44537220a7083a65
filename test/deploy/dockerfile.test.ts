import { existsSync } from 'node:fs';
import path from 'node:path';
import { COMMANDS } from '../../src/cli/commands';
import { readConfig } from '../../src/config';
import { instructionsOf, ROOT, textOf } from './files';

const text = textOf('Dockerfile');
const { engines } = JSON.parse(textOf('package.json')) as { engines: { node: string } };

/** What is wrong with a Dockerfile. */
function problemsOf(dockerfile: string): string[] {
  const instructions = instructionsOf(dockerfile);
  const all = (name: string) => instructions.filter(([one]) => one === name).map(([, rest]) => rest);
  const last = instructions.slice(instructions.findLastIndex(([name]) => name === 'FROM'));
  const of = (name: string) => last.filter(([one]) => one === name).map(([, rest]) => rest);
  const bases = new Set(all('FROM').map((from) => from.split(' ')[0] ?? ''));
  const [base = ''] = bases;
  const major = /^node:(\d+)\.\d+\.\d+-/.exec(base)?.[1] ?? 'none';
  const copied = all('COPY').filter((copy) => !copy.startsWith('--from'));
  const sources = copied.flatMap((copy) => copy.split(' ').slice(0, -1)).filter((source) => source !== '.');
  const allowed = textOf('.dockerignore').split('\n');
  const command = JSON.parse(of('CMD')[0] ?? '[]') as string[];
  const found: [string, boolean][] = [
    ['its stages stand on different images', bases.size !== 1],
    ['its Node is not pinned, or none that engines names', !engines.node.includes(`^${major}.`)],
    [
      'it runs as root',
      of('USER').at(-1) !== 'node' ||
        last.findLastIndex(([name]) => /^(COPY|RUN)$/.test(name)) > last.findIndex(([name]) => name === 'USER'),
    ],
    [
      'it starts by a shell, which keeps the SIGTERM',
      !(of('ENTRYPOINT')[0] ?? '').startsWith('["') || !(of('CMD')[0] ?? '').startsWith('["'),
    ],
    ['there is no such service', !COMMANDS.some(({ name, isService }) => name === command[0] && isService === true)],
    ['it has what only development needs', !all('RUN').some((run) => run.startsWith('npm ci --omit=dev '))],
    ['it takes node_modules from the build', of('COPY').some((copy) => copy.startsWith('--from=build') && copy.includes('node_modules'))],
    ['the workflows are not bundled', !all('RUN').some((run) => run.includes('workflowBundle()'))],
    ['a source is missing', sources.some((source) => !existsSync(path.join(ROOT, source)))],
    ['a source is ignored', sources.some((source) => !allowed.includes(`!${source.split('/')[0] ?? ''}`))],
    [
      'its data is elsewhere',
      !of('ENV')
        .join(' ')
        .includes(`AGENT_BUDGET_DATA=${of('VOLUME')[0] ?? ''}`),
    ],
    ['it exposes another port', !(of('EXPOSE')[0] ?? '').split(' ').includes(String(readConfig({}).http.port))],
    ['it keeps a secret', /(^|\s)(ARG|ENV) [^\n]*(PASSWORD|SECRET|TOKEN|DATABASE_URL)/.test(dockerfile)],
  ];
  return found.flatMap(([problem, isSo]) => (isSo ? [problem] : []));
}

test('the Dockerfile is in order', () => {
  expect(problemsOf(text)).toEqual([]);
});

test.each([
  ['its stages stand on different images', 'FROM node:24.19.0-bookworm-slim\nLABEL', 'FROM node:24.20.0-bookworm-slim\nLABEL'],
  ['its Node is not pinned, or none that engines names', 'node:24.19.0-bookworm-slim', 'node:25.1.0-bookworm-slim'],
  ['it runs as root', '\nUSER node', ''],
  ['it starts by a shell, which keeps the SIGTERM', 'ENTRYPOINT ["agent-budget"]', 'ENTRYPOINT agent-budget'],
  ['there is no such service', 'CMD ["api"]', 'CMD ["serve"]'],
  ['it has what only development needs', '--omit=dev ', ''],
  ['it takes node_modules from the build', '--from=dependencies', '--from=build'],
  ['the workflows are not bundled', 'workflowBundle()', ''],
  ['a source is missing', 'LICENSE', 'LICENCE'],
  ['a source is ignored', 'COPY package.json LICENSE', 'COPY package.json docs'],
  ['its data is elsewhere', 'VOLUME /var/lib/agent-budget', 'VOLUME /data'],
  ['it exposes another port', 'EXPOSE 8080', 'EXPOSE 80'],
  ['it keeps a secret', 'ENV NODE_ENV', 'ENV DATABASE_URL=x NODE_ENV'],
])('it is told where %s', (problem, was, becomes) => {
  expect(text).toContain(was);
  expect(problemsOf(text.replaceAll(was, becomes))).toContain(problem);
});

test('everything that the compiler reads is copied', () => {
  const { include } = JSON.parse(textOf('tsconfig.json')) as { include: string[] };
  const allowed = textOf('.dockerignore').split('\n');
  expect(include.filter((folder) => !allowed.includes(`!${folder}`))).toEqual([]);
});
