import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const PRODUCE = 0;
const METADATA = 3;

/** What happens to the answer of a produce request that the broker has carried out. */
export interface ProduceFault {
  /** `cut`: the connection ends instead. `swallow`: nothing comes back, and the connection stays. */
  readonly how: 'cut' | 'swallow';
  readonly times: number;
}

/**
 * A TCP proxy in front of a broker that speaks enough of its protocol to lose chosen answers. Metadata answers are rewritten,
 * so that a client that knows only the proxy stays behind it.
 */
export class KafkaProxy {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private fault: ProduceFault | null = null;
  private left = 0;
  /** Answers that were lost so far. */
  lost = 0;

  private constructor(private readonly broker: { host: string; port: number }) {
    this.server = createServer((client) => this.serve(client));
  }

  static async to(broker: string): Promise<KafkaProxy> {
    const [host, port] = broker.split(':') as [string, string];
    const proxy = new KafkaProxy({ host, port: Number(port) });
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  private get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** From now on, this many answers to produce requests are lost. */
  lose(fault: ProduceFault): void {
    this.fault = fault;
    this.left = fault.times;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(client: Socket): void {
    const upstream = connect(this.broker);
    const asked = new Map<number, { api: number; version: number }>();
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      this.sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        this.sockets.delete(socket);
        end();
      });
    }
    client.on(
      'data',
      byFrames((frame) => {
        asked.set(frame.readInt32BE(8), { api: frame.readInt16BE(4), version: frame.readInt16BE(6) });
        upstream.write(frame);
      }),
    );
    upstream.on(
      'data',
      byFrames((frame) => {
        const correlationId = frame.readInt32BE(4);
        const request = asked.get(correlationId);
        asked.delete(correlationId);
        if (request?.api === PRODUCE && this.left > 0) {
          this.left -= 1;
          this.lost += 1;
          if (this.fault!.how === 'cut') end();
          return;
        }
        client.write(
          request?.api === METADATA ? withBrokersAt(frame, request.version, '127.0.0.1', this.port) : frame,
        );
      }),
    );
  }
}

/** Calls back with whole frames, length included. */
function byFrames(take: (frame: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0);
      take(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
  };
}

/** A metadata answer in which every broker has this address: length, correlation id, throttle time, brokers, the rest. */
function withBrokersAt(frame: Buffer, version: number, host: string, port: number): Buffer {
  if (version < 3 || version > 8) throw new Error(`the proxy cannot rewrite metadata of version ${version}`);
  const count = frame.readInt32BE(12);
  let at = 16;
  const brokers: Buffer[] = [];
  for (let n = 0; n < count; n += 1) {
    const node = frame.subarray(at, at + 4);
    at += 4;
    at += 2 + frame.readInt16BE(at); // host
    at += 4; // port
    const rackLength = frame.readInt16BE(at);
    const rack = frame.subarray(at, at + 2 + Math.max(rackLength, 0));
    at += rack.length;
    const address = Buffer.alloc(2 + host.length + 4);
    address.writeInt16BE(host.length, 0);
    address.write(host, 2);
    address.writeInt32BE(port, 2 + host.length);
    brokers.push(node, address, rack);
  }
  const rewritten = Buffer.concat([frame.subarray(0, 16), ...brokers, frame.subarray(at)]);
  rewritten.writeInt32BE(rewritten.length - 4, 0);
  return rewritten;
}
