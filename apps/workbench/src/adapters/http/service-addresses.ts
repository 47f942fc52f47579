import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { AddressInfo, Server } from 'node:net';
import { MessagingRuntime } from '@app/messaging';
import { PROCESS_CONFIG, type ProcessConfig } from '@app/platform';

/** Where each service listens: as configured, and what runs in this process in this process. */
@Injectable()
export class ServiceAddresses {
  constructor(
    @Inject(PROCESS_CONFIG) private readonly config: ProcessConfig,
    private readonly runtime: MessagingRuntime,
    private readonly host: HttpAdapterHost,
  ) {}

  /** Null for what is no service of the house. */
  of(service: string): URL | null {
    const addresses = this.config.SERVICE_ADDRESSES ?? {};
    const address = Object.hasOwn(addresses, service) ? addresses[service] : undefined;
    if (address) return new URL(address);
    return this.runtime.parkedIn(service) ? this.ownAddress() : null;
  }

  /** Every service of the house that has an address: those of the configuration, and those of this process. */
  get known(): string[] {
    return [
      ...new Set([...Object.keys(this.config.SERVICE_ADDRESSES ?? {}), ...this.runtime.services]),
    ].sort();
  }

  /** Addresses with the services behind each: in all-in-one one answer holds them all. */
  byProcess(services: readonly string[]): (readonly [URL, string[]])[] {
    const byAddress = new Map<string, string[]>();
    for (const service of services) {
      const base = this.of(service);
      if (!base) continue;
      const others = byAddress.get(base.href);
      if (others) others.push(service);
      else byAddress.set(base.href, [service]);
    }
    return [...byAddress].map(([address, behind]) => [new URL(address), behind]);
  }

  private ownAddress(): URL | null {
    const server = this.host.httpAdapter.getHttpServer() as Server;
    const listening = server.address() as AddressInfo | null;
    // Whatever it listens on, it is reached here on this machine.
    return listening ? new URL(`http://${anyHost(listening.address)}:${listening.port}`) : null;
  }
}

function anyHost(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return address.includes(':') ? `[${address}]` : address;
}
