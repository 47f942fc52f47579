import { isDeepStrictEqual } from 'node:util';

/** Something in the running system is not as the story says it must be. */
export class StoryFailed extends Error {
  constructor(
    readonly what: string,
    readonly expected: unknown,
    readonly actual: unknown,
  ) {
    super(`${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(actual)}`);
    this.name = 'StoryFailed';
  }
}

/** One thing that happened, as it is told and as `--json` prints it. */
export interface Told {
  /** Milliseconds since the story began. */
  readonly atMs: number;
  readonly text: string;
  readonly checked: boolean;
}

export interface StoryReport {
  readonly story: string;
  readonly ok: boolean;
  readonly milliseconds: number;
  readonly told: readonly Told[];
  readonly failure: { readonly what: string; readonly expected: unknown; readonly actual: unknown } | null;
  /** What the story is about, for looking at it afterwards: `chain <person>`. */
  readonly personId: string | null;
}

/** Tells a story while it happens, and holds the system to it. */
export class Teller {
  private readonly began = performance.now();
  private readonly lines: Told[] = [];
  personId: string | null = null;

  /** @param patience how long a wait lasts, in seconds; longer where things are killed on purpose */
  constructor(
    private readonly print: (told: Told) => void,
    private readonly patience = 30,
  ) {}

  /** Something was done. */
  tell(text: string): void {
    this.add(text, false);
  }

  /** Something was checked and is so. @throws StoryFailed */
  expect<Value>(what: string, actual: Value, expected: Value): void {
    if (!isDeepStrictEqual(actual, expected)) throw new StoryFailed(what, expected, actual);
    this.add(what, true);
  }

  /** Waits until a probe answers; a wait in vain fails the story with what was last seen. */
  async until<Result>(
    what: string,
    probe: () => Promise<Result | null | undefined | false>,
    seconds = this.patience,
  ): Promise<Result> {
    const deadline = performance.now() + seconds * 1000;
    let last: unknown;
    while (performance.now() < deadline) {
      const result = await probe().catch((error: unknown) => {
        last = error instanceof Error ? error.message : String(error);
        return null;
      });
      if (result) return result;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new StoryFailed(`${what} (${seconds} s)`, 'reached', last ?? 'not reached');
  }

  report(story: string, failure: unknown): StoryReport {
    if (failure !== null && !(failure instanceof StoryFailed)) throw failure;
    return {
      story,
      ok: failure === null,
      milliseconds: Math.round(performance.now() - this.began),
      told: this.lines,
      failure: failure && { what: failure.what, expected: failure.expected, actual: failure.actual },
      personId: this.personId,
    };
  }

  private add(text: string, checked: boolean): void {
    const told = { atMs: Math.round(performance.now() - this.began), text, checked };
    this.lines.push(told);
    this.print(told);
  }
}
