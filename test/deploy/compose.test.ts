import { RULES } from './compose-rules';
import { compose, serviceOf, type Compose } from './files';

test.each(Object.entries(RULES))('docker-compose.yml: %s', (_name, rule) => {
  expect(rule(compose())).toEqual([]);
});

const set = (service: string, name: string, value: string | null) => (file: Compose) => {
  serviceOf(file, service).environment = { ...serviceOf(file, service).environment, [name]: value };
};

/** Every rule is broken at least once: one that nothing can break says nothing. */
const BREACHES: readonly (readonly [rule: string, breach: string, change: (file: Compose) => void])[] = [
  ['our services are given what readConfig reads, and nothing else', 'a typo', set('worker', 'SMTP_ADDRESS', null)],
  ['our services can be configured from what they are given', 'no port', set('api', 'PORT', 'http')],
  ['our services can be configured from what they are given', 'a name', set('worker', 'AGENT_BUDGET_METRICS_ADDRESS', 'worker:9464')],
  ['our services run commands that there are', 'a typo', (file) => (serviceOf(file, 'worker').command = 'workers')],
  ['our services run commands that there are', 'one that ends', (file) => (serviceOf(file, 'worker').command = 'audit')],
  ['ports agree, from the default to whoever scrapes', 'of the API', set('api', 'PORT', '8081')],
  ['ports agree, from the default to whoever scrapes', 'of a worker', set('worker', 'AGENT_BUDGET_METRICS_ADDRESS', '0.0.0.0:9465')],
  ['ports agree, from the default to whoever scrapes', 'of Temporal', set('worker', 'TEMPORAL_ADDRESS', 'temporal:7234')],
  [
    'ports agree, from the default to whoever scrapes',
    'of the UI',
    (file) => (serviceOf(file, 'temporal-ui').ports = ['127.0.0.1:8088:8080']),
  ],
  ['nothing is published beyond this machine', 'everywhere', (file) => (serviceOf(file, 'api').ports = ['8080:8080'])],
  ['nothing is published beyond this machine', 'by name', (file) => (serviceOf(file, 'api').ports = ['0.0.0.0:8080:8080'])],
  ['nothing is published beyond this machine', "the machine's network", (file) => (serviceOf(file, 'worker').network_mode = 'host')],
  ['no password has a value, or a default', 'a value', set('postgres', 'POSTGRES_PASSWORD', 'postgres')],
  ['no password has a value, or a default', 'a default', set('grafana', 'GF_SECURITY_ADMIN_PASSWORD', '${GRAFANA_PASSWORD:-admin}')],
  [
    'no password has a value, or a default',
    'in a URL',
    set('api', 'DATABASE_URL', 'postgresql://agent_budget:secret@postgres:5432/agent_budget'),
  ],
  ['what may be left out is unset, and not empty', 'empty', set('worker', 'SMTP_FROM', '${SMTP_FROM:-}')],
  ['images are pinned, ours to our version', 'latest', (file) => (serviceOf(file, 'mailpit').image = 'axllent/mailpit:latest')],
  ['images are pinned, ours to our version', 'no tag', (file) => (serviceOf(file, 'mailpit').image = 'axllent/mailpit')],
  ['images are pinned, ours to our version', 'a major', (file) => (serviceOf(file, 'postgres').image = 'postgres:18')],
  ['images are pinned, ours to our version', 'another of ours', (file) => (serviceOf(file, 'api').image = 'agent-budget:0.0.9')],
  ['every service is checked, and starts again', 'unchecked', (file) => delete serviceOf(file, 'mailpit').healthcheck],
  ['every service is checked, and starts again', 'stays down', (file) => (serviceOf(file, 'api').restart = 'no')],
  [
    'a service waits until what it needs is healthy, or done',
    'started is not healthy',
    (file) => (serviceOf(file, 'temporal').depends_on = { 'temporal-schema': { condition: 'service_healthy' } }),
  ],
  ['workers scale', 'a port', (file) => (serviceOf(file, 'worker').ports = ['127.0.0.1:9464:9464'])],
  ['workers scale', 'a name', (file) => (serviceOf(file, 'worker').container_name = 'worker')],
  ['containers are stopped no sooner than they have drained', 'at once', (file) => (serviceOf(file, 'worker').stop_grace_period = '30s')],
  ['our containers cannot write, but to what they keep', 'anywhere', (file) => delete serviceOf(file, 'worker').read_only],
  ['what is mounted is there', 'no file', (file) => (serviceOf(file, 'postgres').volumes = ['./deploy/postgres/none.sh:/none.sh:ro'])],
  ['what is mounted is there', 'no volume', (file) => (serviceOf(file, 'postgres').volumes = ['data:/var/lib/postgresql'])],
  ['the ledger and Temporal have roles and databases of their own', 'one role', set('temporal', 'POSTGRES_USER', 'agent_budget')],
];

test.each(BREACHES)('%s, and finds: %s', (rule, _breach, change) => {
  const broken = compose();
  change(broken);
  expect(RULES[rule]?.(broken)).not.toEqual([]);
});

test('each rule is shown to be able to fail', () => {
  expect(Object.keys(RULES).filter((name) => !BREACHES.some(([rule]) => rule === name))).toEqual([]);
});
