interface Service {
  readonly source: string;
  readonly detail: string;
}

export interface TestContainers {
  readonly postgres: Service & { readonly url: string };
  readonly redis: Service & { readonly url: string };
  readonly kafka: Service & { readonly brokers: string };
  stop(): Promise<unknown>;
}

export function startContainers(
  testcontainers: unknown,
): Promise<{ readonly services: TestContainers | null; readonly reason: string | null }>;
