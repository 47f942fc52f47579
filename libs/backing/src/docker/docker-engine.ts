import { createHash } from 'node:crypto';
import type { BackingService, BackingState } from '../backing-service.js';
import { NotHere } from '../context.js';
import { StartFailed } from '../private-process.js';
import { lastLines, onPath, runCommand, type CommandResult } from '../run-command.js';

const REMEDY = 'start Docker, or install the program itself';
/** An engine that is there says so at once. */
const ANSWER_LIMIT_MS = 3_000;
/** A registry that is there says so soon; one that is not may let a pull hang for minutes. */
const REGISTRY_LIMIT_MS = 8_000;
const PULL_LIMIT_MS = 5 * 60_000;

/** The Docker engine of this machine, through its command line. */
export class DockerEngine {
  private constructor(
    private readonly docker: string,
    readonly version: string,
  ) {}

  /** @throws NotHere unless an engine on this machine answers quickly */
  static async find(): Promise<DockerEngine> {
    const docker = onPath('docker');
    if (!docker) throw new NotHere('no docker on the PATH', REMEDY);
    if (/^(tcp|ssh):/.test(process.env['DOCKER_HOST'] ?? '')) {
      throw new NotHere('DOCKER_HOST names an engine on another machine', REMEDY);
    }
    const { code, stdout, stderr } = await runCommand(
      docker,
      ['version', '--format', '{{.Server.Version}}'],
      {
        timeoutMs: ANSWER_LIMIT_MS,
      },
    );
    if (code !== 0) throw new NotHere(`no Docker engine answers (${lastLines(stderr, 1)})`, REMEDY);
    return new DockerEngine(docker, stdout.trim());
  }

  /** Has the image or gets it. @throws NotHere: an engine that cannot have the image is no engine to us */
  async obtain(image: string, observe: (state: BackingState, text: string) => void): Promise<void> {
    const here = await this.run(['image', 'inspect', image], ANSWER_LIMIT_MS);
    if (here.code === 0) return;
    const there = await this.run(['manifest', 'inspect', image], REGISTRY_LIMIT_MS);
    if (there.code === 0) {
      observe('fetching', `image ${image}`);
      const pulled = await this.run(['pull', '-q', image], PULL_LIMIT_MS);
      if (pulled.code === 0) return;
    }
    throw new NotHere(
      `Docker ${this.version} cannot get the image ${image}`,
      'check its access to the registry',
    );
  }

  run(args: readonly string[], timeoutMs = 60_000): Promise<CommandResult> {
    return runCommand(this.docker, args, { timeoutMs });
  }
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly directory: string;
  /** Same number inside and outside. */
  readonly port: number;
  readonly containerPort: number;
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  /** Where the image keeps its data; on a volume of ours. */
  readonly data: string;
  readonly readyWithinMs: number;
  ready(): Promise<boolean>;
}

/** A container that belongs to this installation. */
export class PrivateContainer implements BackingService {
  readonly source = 'docker';
  private readonly container: string;

  constructor(
    private readonly engine: DockerEngine,
    private readonly spec: ContainerSpec,
  ) {
    this.container = volumeName(spec.directory, spec.name);
  }

  get detail(): string {
    return `${this.spec.image}, Docker ${this.engine.version}`;
  }

  async start(): Promise<void> {
    const { spec } = this;
    await this.engine.run(['rm', '-f', this.container]);
    const created = await this.engine.run([
      ...['run', '-d', '--name', this.container, '--label', `onething.directory=${spec.directory}`],
      ...['-p', `127.0.0.1:${spec.port}:${spec.containerPort}`, '-v', `${this.container}:${spec.data}`],
      ...Object.entries(spec.env).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
      spec.image,
      ...spec.command,
    ]);
    if (created.code !== 0) throw new StartFailed(spec.name, lastLines(created.stderr), `docker`);
    await this.untilReady();
  }

  async kill(name: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.engine.run(['kill', '-s', name, this.container]);
    await this.engine.run(['wait', this.container]);
  }

  async restart(): Promise<void> {
    await this.engine.run(['stop', '-t', '20', this.container]);
    const started = await this.engine.run(['start', this.container]);
    if (started.code !== 0) throw new StartFailed(this.spec.name, lastLines(started.stderr), 'docker');
    await this.untilReady();
  }

  /** The container goes, its volume stays. */
  async stop(): Promise<void> {
    await this.engine.run(['stop', '-t', '20', this.container]);
    await this.engine.run(['rm', '-f', this.container]);
  }

  private async untilReady(): Promise<void> {
    const deadline = performance.now() + this.spec.readyWithinMs;
    while (!(await this.spec.ready().catch(() => false))) {
      if (performance.now() > deadline) {
        const { stdout, stderr } = await this.engine.run(['logs', '--tail', '8', this.container]);
        throw new StartFailed(
          this.spec.name,
          `not ready. It said:\n${stdout}${stderr}`,
          `docker logs ${this.container}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function volumeName(directory: string, name: string): string {
  const hash = createHash('sha256').update(directory).digest('hex').slice(0, 12);
  return `onething-${hash}-${name.toLowerCase()}`;
}
