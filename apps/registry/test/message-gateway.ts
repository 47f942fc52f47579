import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A message as the gateway got it. */
export interface ReceivedMessage {
  readonly key: string;
  readonly authorization: string;
  readonly channel: string;
  readonly to: string;
  readonly language: string;
  readonly text: string;
}

/** What the gateway does with the next request: an answer, or none at all. */
export type Reply =
  { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown } | 'hang up';

/** A gateway over real HTTP that does as the test says, and takes each key once. */
export class TestGateway {
  /** Every request that was made, repeated ones too. */
  readonly asked: ReceivedMessage[] = [];
  /** By key: what it has really sent. */
  readonly sent = new Map<string, ReceivedMessage>();
  /** By key: what it says of it. */
  readonly receipts = new Map<string, string>();
  /** Replies to the next requests, in order; then it takes everything. */
  readonly replies: Reply[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<TestGateway> {
    const server = createServer();
    const gateway = new TestGateway(server);
    server.on('request', (request, response) => {
      void gateway.answer(request).then((reply) => {
        if (reply === 'hang up') {
          request.socket.destroy();
          return;
        }
        response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
        response.end(JSON.stringify(reply.body ?? {}));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/sms/`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage): Promise<Reply> {
    if (request.method === 'GET') {
      const key = decodeURIComponent(request.url!.split('/').at(-1)!);
      const state = this.receipts.get(key);
      return state ? { status: 200, body: { state } } : { status: 404 };
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const message: ReceivedMessage = {
      ...(JSON.parse(Buffer.concat(chunks).toString()) as Omit<ReceivedMessage, 'key' | 'authorization'>),
      key: request.headers['idempotency-key'] as string,
      authorization: request.headers.authorization!,
    };
    this.asked.push(message);
    const reply = this.replies.shift() ?? { status: 202, body: { id: `g-${this.sent.size + 1}` } };
    if (reply === 'hang up' || reply.status < 300) this.sent.set(message.key, message);
    return reply;
  }
}
