import { existsSync } from 'node:fs';
import path from 'node:path';
import { COMMANDS } from '../../src/cli/commands';
import { readConfig } from '../../src/config';
import { ours, ROOT, serviceOf, textOf, valueIn, variablesRead, yamlOf, type Compose, type Service } from './files';

/** What is wrong with a compose file, one sentence each; nothing where all is well. */
export type Rule = (compose: Compose) => string[];

const each = (compose: Compose, problems: (service: Service, name: string) => (string | false)[]) =>
  Object.entries(compose.services).flatMap(([name, service]) =>
    problems(service, name).flatMap((problem) => (problem === false ? [] : [`${name}: ${problem}`])),
  );

const isOneShot = ({ restart }: Service) => restart === 'on-failure';
const environmentOf = ({ environment = {} }: Service) => Object.entries(environment).map(([name, value]) => [name, value ?? ''] as const);
/** What compose makes of a value where nothing is set but what must be. */
const filledIn = (value: string) => value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1').replaceAll(/\$\{\w+:\?[^}]*\}/g, 'secret');
const portOf = (address: string) => Number(/:(\d+)\/?$/.exec(address)?.[1]);
const seconds = (duration = '') => Number(/^(\d+)s$/.exec(duration)?.[1] ?? 0);
const required = (text: string) => [...text.matchAll(/\$\{(\w+):\?/g)].map(([, name = '']) => name);

/** The grace that the code gives what is under way, in seconds. */
const graceIn = (file: string, pattern: RegExp) => Number(pattern.exec(textOf(file))?.[1]);

export const RULES: Readonly<Record<string, Rule>> = {
  'our services are given what readConfig reads, and nothing else': (compose) =>
    ours(compose).flatMap(([name, service]) =>
      environmentOf(service).flatMap(([variable]) => (variablesRead().has(variable) ? [] : [`${name}: nothing reads ${variable}`])),
    ),
  'our services can be configured from what they are given': (compose) =>
    ours(compose).flatMap(([name, service]) => {
      try {
        readConfig(
          Object.fromEntries(environmentOf(service).flatMap(([variable, value]) => (value === '' ? [] : [[variable, filledIn(value)]]))),
        );
        return [];
      } catch (error) {
        return [`${name}: ${String(error)}`];
      }
    }),
  'our services run commands that there are': (compose) =>
    ours(compose).flatMap(([name, { command }]) =>
      COMMANDS.some((known) => known.name === command && known.isService === true)
        ? []
        : [`${name}: there is no service ${String(command)}`],
    ),
  'ports agree, from the default to whoever scrapes': (compose) => {
    const [api, worker, ui] = ['api', 'worker', 'temporal-ui'].map((name) => serviceOf(compose, name)) as [Service, Service, Service];
    const { http, temporalPort } = readConfig({});
    const metricsPort = portOf(valueIn(worker, 'AGENT_BUDGET_METRICS_ADDRESS'));
    const prometheus = textOf('deploy/prometheus/prometheus.yml');
    const agreements: [string, boolean][] = [
      ['PORT is not the default', Number(valueIn(api, 'PORT')) === http.port],
      ['the API is published on another port', String(api.ports) === `127.0.0.1:${http.port}:${http.port}`],
      ['the API is checked on another port', String(api.healthcheck?.test).includes(`127.0.0.1:${http.port}/health/ready`)],
      ['a worker is checked on another port', String(worker.healthcheck?.test).includes(`127.0.0.1:${metricsPort}/metrics`)],
      ['Prometheus looks for the API elsewhere', prometheus.includes(`'api:${portOf(valueIn(api, 'AGENT_BUDGET_METRICS_ADDRESS'))}'`)],
      ['Prometheus looks for workers elsewhere', prometheus.includes(`port: ${metricsPort}\n`)],
      [
        'Prometheus looks for Temporal elsewhere',
        prometheus.includes(`'temporal:${portOf(valueIn(serviceOf(compose, 'temporal'), 'PROMETHEUS_ENDPOINT'))}'`),
      ],
      [
        'Temporal is looked for on another port',
        [api, worker, ui].every((one) => valueIn(one, 'TEMPORAL_ADDRESS') === `temporal:${temporalPort}`),
      ],
      [
        'the Web UI is linked elsewhere',
        valueIn(api, 'TEMPORAL_UI_URL').includes(`:-http://localhost:${ui.ports?.[0]?.split(':')[1] ?? ''}}`),
      ],
      ['the image exposes other ports', textOf('Dockerfile').includes(`\nEXPOSE ${http.port} ${metricsPort}\n`)],
      [
        'Grafana asks another port',
        JSON.stringify(yamlOf('deploy/grafana/provisioning/datasources/prometheus.yml')).includes('"http://prometheus:9090"'),
      ],
    ];
    return agreements.flatMap(([problem, holds]) => (holds ? [] : [problem]));
  },
  'nothing is published beyond this machine': (compose) =>
    each(compose, ({ ports = [], network_mode }) => [
      ...ports.map((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port) && `publishes ${port}`),
      network_mode !== undefined && 'has no network of its own',
    ]),
  'no password has a value, or a default': (compose) => [
    ...each(compose, (service) =>
      environmentOf(service).map(([name, value]) => {
        const isSecret = /PASSWORD|PWD|SECRET|TOKEN/.test(name) || /:\/\/[^/]*:[^/]*@/.test(value);
        return isSecret && required(value).length === 0 && `${name} is not required of .env`;
      }),
    ),
    ...(new Set(required(textOf('docker-compose.yml'))).size === Object.keys(examples()).length
      ? []
      : ['.env.example does not have each of them']),
    ...Object.entries(examples()).flatMap(([name, value]) =>
      value === '' && required(textOf('docker-compose.yml')).includes(name) ? [] : [`.env.example gives ${name}`],
    ),
  ],
  'what may be left out is unset, and not empty': (compose) =>
    each(compose, (service) => environmentOf(service).map(([name, value]) => /:?-\}/.test(value) && `${name} would be empty`)),
  'images are pinned, ours to our version': (compose) =>
    each(compose, ({ image }) => [
      !/^[\w./-]+:v?\d+\.\d+[\w.-]*$/.test(image) && `${image} may be another one tomorrow`,
      image.startsWith('agent-budget:') && image !== `agent-budget:${version()}` && `${image} is not ${version()}`,
    ]),
  'every service is checked, and starts again': (compose) =>
    each(compose, (service) => [
      !isOneShot(service) && service.healthcheck?.test === undefined && 'has no health check',
      !['unless-stopped', 'on-failure'].includes(service.restart ?? '') && 'does not start again',
    ]),
  'a service waits until what it needs is healthy, or done': (compose) =>
    each(compose, ({ depends_on = {} }) =>
      Object.entries(depends_on).map(([needed, { condition }]) => {
        const wanted = isOneShot(serviceOf(compose, needed)) ? 'service_completed_successfully' : 'service_healthy';
        return condition !== wanted && `waits for ${needed} until ${condition}`;
      }),
    ),
  'workers scale': (compose) =>
    each(compose, ({ ports, container_name, volumes }, name) => [
      container_name !== undefined && 'is named, so there can be one only',
      name === 'worker' && ports !== undefined && 'has a port of the machine',
      name === 'worker' && volumes !== undefined && 'shares a volume',
    ]),
  'containers are stopped no sooner than they have drained': (compose) => {
    const force = graceIn('src/worker/create-worker.ts', /shutdownForceTime: '(\d+)s'/);
    const { drainSeconds } = readConfig({}).http;
    const inFlight = drainSeconds + graceIn('src/cli/commands/api.ts', /requests in flight get (\d+) s/);
    const grace = (name: string) => seconds(serviceOf(compose, name).stop_grace_period);
    return [...(grace('worker') > force ? [] : ['worker']), ...(grace('api') > inFlight ? [] : ['api'])];
  },
  'our containers cannot write, but to what they keep': (compose) =>
    ours(compose).flatMap(([name, { read_only }]) => (read_only === true ? [] : [`${name} can`])),
  'what is mounted is there': (compose) =>
    each(compose, ({ volumes = [] }) =>
      volumes.map((volume) => {
        const [from = ''] = volume.split(':');
        const isThere = from.startsWith('./') ? existsSync(path.join(ROOT, from)) && volume.endsWith(':ro') : from in compose.volumes;
        return !isThere && `${volume} is not, or can be written`;
      }),
    ),
  'the ledger and Temporal have roles and databases of their own': (compose) => {
    const script = textOf('deploy/postgres/databases.sh');
    const { username, hostname, pathname } = new URL(valueIn(serviceOf(compose, 'worker'), 'DATABASE_URL').replace(/\$\{[^}]*\}/, 'x'));
    const temporal = serviceOf(compose, 'temporal');
    const databases = [
      [username, pathname.slice(1)],
      [valueIn(temporal, 'POSTGRES_USER'), valueIn(temporal, 'DBNAME')],
      [valueIn(temporal, 'POSTGRES_USER'), valueIn(temporal, 'VISIBILITY_DBNAME')],
    ] as const;
    return [
      ...databases.flatMap(([role, database]) =>
        script.includes(`create database ${database} owner ${role};`) ? [] : [`${role} on ${database}`],
      ),
      ...(username === valueIn(temporal, 'POSTGRES_USER') ? ['one role for both'] : []),
      ...(hostname in compose.services ? [] : [`no ${hostname}`]),
      ...(/revoke all on database [^;]*agent_budget[^;]* from public;/.test(script) ? [] : ['anybody may connect']),
    ];
  },
};

function examples(): Record<string, string> {
  return Object.fromEntries([...textOf('.env.example').matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
}

function version(): string {
  return (JSON.parse(textOf('package.json')) as { version: string }).version;
}
