import type { Actor } from '@app/access';
import type { ServiceUnderTest } from '@app/testing';

export interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One request over HTTP, as a user of any grants. */
export async function send(
  service: ServiceUnderTest,
  actor: Actor,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<Reply> {
  return sendAs(service, await service.signer.sign(actor), method, path, body);
}

/** The same with a token that was signed before. */
export async function sendAs(
  service: ServiceUnderTest,
  token: string,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<Reply> {
  const response = await fetch(service.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Reply['body'] };
}
