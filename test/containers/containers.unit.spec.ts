import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { ALL_IN_ONE, services as started } from '../../apps/cli/src/services.js';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (...path: string[]) => readFileSync(join(ROOT, ...path), 'utf8');

/** Apps that run as a service of their own; `all-in-one` runs the same code in one process, `cli` starts and stops. */
const services = readdirSync(join(ROOT, 'apps')).filter(
  (app) => !['all-in-one', 'cli', 'portal'].includes(app),
);

interface ComposeService {
  image: string;
  environment?: Record<string, string | number>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test?: string[]; disable?: boolean };
  user?: string;
  ports?: string[];
  read_only?: boolean;
}
const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  name?: string;
  services: Record<string, ComposeService>;
};
const BACKING = ['postgres', 'redis', 'kafka'];
const ONE_SHOT = ['keys', 'migrate'];

describe('docker-compose.yml', () => {
  it('has every app that exists, and no other', () => {
    expect(Object.keys(compose.services).sort()).toEqual([...services, ...BACKING, ...ONE_SHOT].sort());
  });

  it('starts each service as itself, after the migrations, with a health check and without a writable root', () => {
    for (const service of services) {
      const it = compose.services[service];
      if (!it) throw new Error(`docker-compose.yml has no service ${service}`);
      expect(it.environment).toMatchObject({ SERVICE: service, KAFKA_BROKERS: 'kafka:9092' });
      expect(it.depends_on).toMatchObject({ migrate: { condition: 'service_completed_successfully' } });
      expect(it.healthcheck?.test?.join(' ')).toContain('/ready');
      expect(it.read_only).toBe(true);
      expect(existsSync(join(ROOT, 'apps', service, 'src', 'main.ts'))).toBe(true);
    }
  });

  it('runs Kafka in KRaft mode and checks the health of every backing service', () => {
    expect(compose.services['kafka']!.environment).toMatchObject({
      KAFKA_PROCESS_ROLES: 'broker,controller',
    });
    for (const name of BACKING) expect(compose.services[name]!.healthcheck?.test).toBeDefined();
  });

  it('names no password', () => {
    expect(read('docker-compose.yml')).toMatch(/\$\{POSTGRES_PASSWORD:\?/);
    expect(compose.name).toBeUndefined();
  });
});

/** A service that one of these lists forgets is not built, not started, or missing from the one process. */
describe('every app that exists', () => {
  const pascal = (name: string) => name.replace(/(^|-)(.)/g, (_, __, letter: string) => letter.toUpperCase());

  it('is a project of nest-cli.json', () => {
    const { projects } = JSON.parse(read('nest-cli.json')) as {
      projects: Record<string, { type: string; root: string }>;
    };
    const applications = Object.values(projects).filter(({ type }) => type === 'application');
    expect(applications.map(({ root }) => root).sort()).toEqual(
      [...services, 'all-in-one', 'cli'].map((app) => `apps/${app}`).sort(),
    );
  });

  it('is in all-in-one, with its module and its migrations', () => {
    const text = read('apps', 'all-in-one', 'src', 'services.ts');
    const wanted = services.flatMap((service) => [
      `import { ${pascal(service)}Module } from '../../${service}/src/${service}.module.js';`,
      `from '../../${service}/src/migrations.js';`,
      `\n  ${pascal(service)}Module,\n`,
      `\n  ${pascal(service).replace(/^./, (letter) => letter.toLowerCase())},\n`,
    ]);
    expect(wanted.filter((line) => !text.includes(line))).toEqual([]);
  });

  it('is started by npm start, on a port of its own that docker-compose.yml gives it too', () => {
    expect(started.map(({ name }) => name).sort()).toEqual([...services].sort());
    expect(new Set([ALL_IN_ONE, ...started].map(({ port }) => port)).size).toBe(services.length + 1);
    for (const { name, port } of started)
      expect(compose.services[name]!.ports).toEqual([`127.0.0.1:${port}:3000`]);
  });

  it('says in a README what it owns', () => {
    expect(services.filter((service) => !existsSync(join(ROOT, 'apps', service, 'README.md')))).toEqual([]);
  });
});

describe('Dockerfile', () => {
  const text = read('Dockerfile');
  it('takes its base as an argument, runs as nobody, and copies all data that the code reads beside itself', () => {
    expect(text).toMatch(/^ARG BASE_IMAGE=node:22/m);
    expect(text.match(/^FROM .+$/gm)).toHaveLength(2);
    expect(text).toMatch(/^USER 65534/m);
    const withData = ['catalogue', 'clocks'].filter((lib) => existsSync(join(ROOT, 'libs', lib)));
    for (const lib of withData) expect(text).toContain(`libs/${lib} libs/${lib}`);
  });
});

describe('k8s/base', () => {
  const files = (parse(read('k8s', 'base', 'kustomization.yaml')) as { resources: string[] }).resources;
  const objects = files.flatMap((file) =>
    parseAllDocuments(read('k8s', 'base', file)).map(
      (document) =>
        document.toJS() as {
          kind: string;
          metadata: { name: string };
          spec: { template: { spec: { containers: Record<string, unknown>[]; securityContext: unknown } } };
        },
    ),
  );
  const named = (kind: string) =>
    objects.filter((object) => object.kind === kind).map((object) => object.metadata.name);

  it('has a deployment, a door and a disruption budget for every app that exists', () => {
    for (const kind of ['Deployment', 'Service', 'PodDisruptionBudget'])
      expect(named(kind).sort()).toEqual([...services].sort());
    expect(named('Job')).toEqual(['migrations']);
  });

  it('gives every container probes, limits and no right that it does not need', () => {
    for (const object of objects.filter(({ kind }) => kind === 'Deployment')) {
      const { containers, securityContext } = object.spec.template.spec;
      expect(securityContext).toMatchObject({ runAsNonRoot: true });
      for (const container of containers) {
        expect(container).toMatchObject({
          startupProbe: { httpGet: { path: '/ready' } },
          readinessProbe: { httpGet: { path: '/ready' } },
          livenessProbe: { httpGet: { path: '/live' } },
          resources: { limits: { memory: expect.any(String) as string } },
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
        });
      }
    }
  });
});
