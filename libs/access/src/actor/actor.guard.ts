import {
  createParamDecorator,
  Injectable,
  ServiceUnavailableException,
  SetMetadata,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { NotAllowed, type Actor } from './actor.js';
import { ActorTokenVerifier, KeysUnreachable } from './actor-token.js';
import { permissions, type Permission } from './permissions.js';
import type { Role } from './roles.js';

const PUBLIC = 'onething:public';
const NEEDS = 'onething:needs-role';

/** Open to everybody: probes and API documents only. */
export const Public = () => SetMetadata(PUBLIC, true);

/**
 * What the caller must be allowed to do; of several, one. It says nothing about the place yet: the command compares the object's division
 * code with the grant (`actingAs`), and row-level security shows only what is in reach. A handler without it is refused to everybody.
 */
export const Needs = (...needed: [Permission, ...Permission[]]) =>
  SetMetadata(
    NEEDS,
    needed.flatMap((permission) => permissions[permission]),
  );

type RequestWithActor = Request & { actor?: Actor };

/** The one guard: no token, no entry; no declared role, no entry. */
@Injectable()
export class ActorGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly verifier: ActorTokenVerifier,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // Facts from the event log carry their actor in the envelope.
    if (context.getType() !== 'http') return true;
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, targets)) return true;
    const request = context.switchToHttp().getRequest<RequestWithActor>();
    const token = /^Bearer (.+)$/.exec(request.header('authorization') ?? '')?.[1];
    const actor = token ? await this.verifier.verify(token).catch(unavailable) : null;
    if (!actor) throw new UnauthorizedException('请先登录：请求没有有效的身份令牌。');
    const needed = this.reflector.getAllAndOverride<Role[]>(NEEDS, targets) ?? [];
    if (!actor.grants.some((grant) => needed.includes(grant.role))) throw new NotAllowed(needed);
    request.actor = actor;
    return true;
  }
}

function unavailable(error: unknown): never {
  if (error instanceof KeysUnreachable)
    throw new ServiceUnavailableException('暂时无法核对身份，请稍后再试。');
  throw error;
}

/** The actor that the guard found in the request's token. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const actor = context.switchToHttp().getRequest<RequestWithActor>().actor;
  if (!actor) throw new UnauthorizedException();
  return actor;
});
