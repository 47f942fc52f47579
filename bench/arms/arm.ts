/** Where the servers of a run are. */
export interface Servers {
  readonly url: string;
  readonly brokers: readonly string[];
  readonly redisUrl: string;
  /** Of topics, groups and queues: a run never meets what an earlier one left. */
  readonly prefix: string;
}

/** Told after the commit that completes chains, with the instants (epoch ms) at which they should have been issued. */
export type OnCompleted = (intendedAt: readonly number[]) => void;

/** One process of an arm. */
export interface ArmProcess {
  /** Issues one card: when it resolves, the chain's start is committed. */
  issue(intendedAt: Date): Promise<void>;
  stop(): Promise<void>;
}

/** A way to do the work of W12. Its first process issues and joins. */
export interface Arm {
  readonly name: string;
  readonly title: string;
  readonly processes: number;
  start(servers: Servers, index: number, onCompleted: OnCompleted): Promise<ArmProcess>;
}
