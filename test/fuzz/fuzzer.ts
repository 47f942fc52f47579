import { Agent, request as httpRequest } from 'node:http';
import type { HouseChild } from './house-child.js';
import { Programs, type ApiDocument, type FuzzRequest } from './programs.js';

/** What a run is to do. */
export interface FuzzPlan {
  readonly seed: number;
  readonly requests: number;
  readonly minutes: number | null;
  /** Only this program of the seed. */
  readonly only: number | null;
  readonly concurrency: number;
  readonly progress?: (text: string) => void;
}

/** Something that must not be, with what brings it about again. */
export interface FuzzFinding {
  readonly kind: 'server-error' | 'no-problem-document' | 'hang' | 'crash' | 'canary-in-log';
  readonly what: string;
  readonly repeat: string;
  readonly request?: Readonly<Record<string, unknown>>;
  /** How often the same was found. */
  times: number;
  readonly log?: readonly string[];
}

export interface FuzzReport {
  readonly seed: number;
  readonly requests: number;
  readonly programs: number;
  readonly seconds: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly logLines: number;
  readonly findings: readonly FuzzFinding[];
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

const HANG_MS = 15_000;
const MOST_FINDINGS = 40;

class Hung extends Error {}

/** Sends the programs of a seed, several at a time, and judges what comes back. */
export class Fuzzer {
  private readonly agent: Agent;
  private readonly findings = new Map<string, FuzzFinding>();
  private readonly statuses: Record<string, number> = {};
  private sent = 0;
  private next = 0;
  private leaksSeen = 0;

  private constructor(
    private readonly house: HouseChild,
    private readonly programs: Programs,
    private readonly plan: FuzzPlan,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: plan.concurrency });
  }

  static async run(house: HouseChild, plan: FuzzPlan): Promise<FuzzReport> {
    const api = (await (await fetch(`${house.world.url}/openapi.json`)).json()) as ApiDocument;
    return new Fuzzer(house, new Programs(plan.seed, house.world, api), plan).all();
  }

  private async all(): Promise<FuzzReport> {
    const { plan, house } = this;
    const began = performance.now();
    const until = plan.minutes === null ? Infinity : began + plan.minutes * 60_000;
    const over = () =>
      this.sent >= plan.requests ||
      performance.now() >= until ||
      house.crashed !== null ||
      this.findings.size >= MOST_FINDINGS;
    const telling = setInterval(() => this.tell(began), 5_000);
    if (plan.only !== null) await this.program(plan.only);
    else {
      await Promise.all(
        Array.from({ length: plan.concurrency }, async () => {
          while (!over()) await this.program(this.next++);
        }),
      );
    }
    clearInterval(telling);
    if (house.crashed) {
      this.add(
        'crash',
        house.crashed,
        `--seed ${plan.seed}, near program ${this.next}`,
        undefined,
        await house.errorsOf(),
      );
    }
    this.leaks();
    this.agent.destroy();
    return {
      seed: plan.seed,
      requests: this.sent,
      programs: plan.only === null ? this.next : 1,
      seconds: (performance.now() - began) / 1000,
      statuses: this.statuses,
      logLines: house.lines,
      findings: [...this.findings.values()],
    };
  }

  private async program(n: number): Promise<void> {
    const program = this.programs.at(n);
    const answer = await this.send(program.first, n);
    if (answer === null || answer.status >= 300) return;
    const following = program.next(answer.text);
    if (following) await this.send(following, n);
  }

  private async send(request: FuzzRequest, n: number): Promise<Answer | null> {
    this.sent += 1;
    const repeat = `npm run fuzz -- --seed ${this.plan.seed} --only ${n}`;
    const shown = {
      method: request.method,
      path: request.path,
      user: request.user,
      headers: request.headers,
      body: request.body?.subarray(0, 2000).toString() ?? null,
    };
    const traceId = this.sent.toString(16).padStart(32, '0');
    request.headers['traceparent'] ??= `00-${traceId}-00000000000000ff-01`;
    const { finding, answer } = await this.judged(request);
    if (finding) {
      const log = await this.house.errorsOf(traceId);
      this.add(finding.kind, `${request.route}: ${finding.what}`, repeat, shown, log);
    }
    if (this.house.leaks.length > this.leaksSeen) this.leaks(`at or just before ${repeat}`);
    return answer;
  }

  private async judged(
    request: FuzzRequest,
  ): Promise<{ answer: Answer | null; finding: Pick<FuzzFinding, 'kind' | 'what'> | null }> {
    let answer: Answer;
    try {
      answer = await this.exchange(request);
    } catch (error) {
      this.count('none');
      if (error instanceof Hung)
        return { answer: null, finding: { kind: 'hang', what: `no answer in ${HANG_MS} ms` } };
      const { code, message } = error as Error & { code?: string };
      // A request that Node's client will not even write, or that the server cuts off while it is too large.
      if (/^ERR_|^EPIPE$|^ECONNRESET$/.test(code ?? '') && this.house.crashed === null) {
        return { answer: null, finding: null };
      }
      return { answer: null, finding: { kind: 'crash', what: `${code ?? ''} ${message}` } };
    }
    this.count(String(answer.status));
    return { answer, finding: judge(request, answer) };
  }

  private exchange(request: FuzzRequest): Promise<Answer> {
    const token = request.user === 'nobody' ? undefined : this.house.tokens.get(request.user);
    const { hostname, port } = new URL(this.house.world.url);
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest({
        agent: this.agent,
        hostname,
        port,
        method: request.method,
        path: request.path,
        headers: {
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...request.headers,
          ...(request.body ? { 'content-length': String(request.body.length) } : {}),
        },
      });
      const patience = setTimeout(() => outgoing.destroy(new Hung()), HANG_MS);
      const end = (settle: () => void) => {
        clearTimeout(patience);
        settle();
      };
      outgoing.once('response', (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.once('error', (error) => end(() => reject(error)));
        response.once('end', () =>
          end(() =>
            resolve({
              status: response.statusCode ?? 0,
              contentType: response.headers['content-type'] ?? '',
              text: Buffer.concat(parts).toString(),
            }),
          ),
        );
      });
      outgoing.once('error', (error) => end(() => reject(error)));
      outgoing.end(request.body ?? undefined);
    });
  }

  private leaks(near = ''): void {
    for (const { canary, line } of this.house.leaks.slice(this.leaksSeen)) {
      const context = /"context":"([^"]*)"/.exec(line)?.[1] ?? '';
      this.add('canary-in-log', `${canary} in a line of ${context || 'the log'}`, near, undefined, [line]);
    }
    this.leaksSeen = this.house.leaks.length;
  }

  private add(
    kind: FuzzFinding['kind'],
    what: string,
    repeat: string,
    request: FuzzFinding['request'],
    log: readonly string[] = [],
  ): void {
    const key = `${kind} ${what}`;
    const known = this.findings.get(key);
    if (known) {
      known.times += 1;
      return;
    }
    this.findings.set(key, { kind, what, repeat, times: 1, log, ...(request ? { request } : {}) });
    // At once, too: a million requests take half an hour, and what was found can be looked at meanwhile.
    this.plan.progress?.(`${kind}: ${what}\n  ${repeat}`);
  }

  private count(status: string): void {
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
  }

  private tell(began: number): void {
    const seconds = (performance.now() - began) / 1000;
    const counts = Object.entries(this.statuses)
      .map(([status, count]) => `${status}: ${count}`)
      .join('  ');
    this.plan.progress?.(
      `${this.sent} of ${this.plan.requests} requests, ${Math.round(this.sent / seconds)} per second, ${this.findings.size} findings   ${counts}`,
    );
  }
}

/** What is wrong with an answer, whatever was asked. */
function judge(
  { method }: FuzzRequest,
  { status, contentType, text }: Answer,
): Pick<FuzzFinding, 'kind' | 'what'> | null {
  if (status >= 500) return { kind: 'server-error', what: `${status} ${titleIn(text)}` };
  if (status < 400 || method === 'HEAD') return null;
  // What the HTTP parser of Node refuses never comes to the application.
  if (text === '' && contentType === '' && (status === 400 || status === 431)) return null;
  const problem = contentType.startsWith('application/problem+json') ? parsed(text) : null;
  if (problem && problem['status'] === status && typeof problem['detail'] === 'string') return null;
  return {
    kind: 'no-problem-document',
    what: `${status} with ${contentType || 'no type'}: ${text.slice(0, 80)}`,
  };
}

function titleIn(text: string): string {
  return String(parsed(text)?.['title'] ?? text.slice(0, 80));
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}
