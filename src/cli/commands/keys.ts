import { KeyRole } from '../../domain/api-key';
import { issueKey, revokeKey, rotateKey, type IssuedKey } from '../../store/keys';
import { command } from '../args/command';
import { instant, oneOf, required, span, text, toggle, whole, withDefault } from '../args/flag';
import { UsageError } from '../args/usage-error';
import { ExitCode } from '../exit-code';
import type { Output } from '../show/output';
import { keyTable, keyText, keyView } from '../views/key-view';

const owner = {
  org: text('ORG', 'the organization whose key it is'),
  operator: toggle("the operator's keys, which act for every organization, instead"),
};

const list = command({
  name: 'keys list',
  summary: 'API keys, the newest first; never their tokens',
  flags: { ...owner, limit: withDefault(whole('how many at most', 1, 1_000), 100) },
  examples: [['agent-budget keys list --org acme', 'who may act for acme, and since when']],
  run: async (context, { limit, ...whose }) => {
    const keys = await (await context.store()).keys(ownerOf(whose), null, limit);
    const rows = keys.map((key) => keyView(key, Date.now()));
    context.output.list(rows, (terminal) => (rows.length === 0 ? 'No keys.' : keyTable(rows, terminal)));
    return ExitCode.ok;
  },
});

const create = command({
  name: 'keys create',
  summary: 'make an API key, and show its token this once',
  flags: {
    ...owner,
    role: required(oneOf(Object.values(KeyRole), 'invoke: spend; manage: budgets and agents too; admin: keys too')),
    name: required(text('NAME', 'what people call it')),
    team: text('TEAM', 'every call by it counts for this team'),
    user: text('USER', 'every call by it counts for this user'),
    expires: instant('when it ends by itself'),
  },
  examples: [
    ["agent-budget keys create --org acme --role invoke --name 'checkout service'", 'prints the token; nobody can read it back'],
    ['agent-budget keys create --org acme --role manage --name ci --expires 30d --json | jq -r .token > token', 'for a script'],
  ],
  run: async (context, { role, name, team = null, user = null, expires = null, ...whose }) => {
    const wanted = { organizationId: ownerOf(whose), role, name, teamId: team, userId: user, expiresAt: expires };
    showIssued(context.output, await issueKey(await context.store(), wanted, Date.now()));
    return ExitCode.ok;
  },
});

const rotate = command({
  name: 'keys rotate',
  summary: 'give a key a new token; what was spent by it stays where it is',
  operands: ['KEY_ID'],
  flags: { ...owner, grace: withDefault(span('how long the old token still works'), 0, '0: not at all') },
  examples: [['agent-budget keys rotate KEY_ID --org acme --grace 1h', 'both tokens work for an hour']],
  run: async (context, { grace, ...whose }, [keyId = '']) => {
    const reference = { organizationId: ownerOf(whose), keyId };
    showIssued(context.output, await rotateKey(await context.store(), reference, Date.now(), grace));
    return ExitCode.ok;
  },
});

const revoke = command({
  name: 'keys revoke',
  summary: 'end a key at once',
  operands: ['KEY_ID'],
  flags: owner,
  examples: [['agent-budget keys revoke KEY_ID --org acme', 'it is refused from now on']],
  run: async (context, whose, [keyId = '']) => {
    const key = await revokeKey(await context.store(), { organizationId: ownerOf(whose), keyId }, Date.now());
    context.output.document(keyView(key, Date.now()), () => `Revoked ${keyId} (${key.name}).`);
    return ExitCode.ok;
  },
});

export const keys = [list, create, rotate, revoke];

function ownerOf({ org, operator }: { org: string | undefined; operator: boolean }): string | null {
  if (operator !== (org === undefined)) throw new UsageError('Name whose keys: either --org ORG or --operator.');
  return org ?? null;
}

function showIssued(output: Output, { token, key }: IssuedKey): void {
  const view = keyView(key, Date.now());
  output.document(
    { token, key: view },
    (terminal) => `${terminal.colours.bold('Token, shown this once:')} ${token}\n\n${keyText(view, terminal)}`,
  );
}
