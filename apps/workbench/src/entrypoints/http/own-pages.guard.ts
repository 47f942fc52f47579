import {
  applyDecorators,
  Inject,
  Injectable,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Public } from '@app/access';
import type { Request } from 'express';
import { RequestLimits } from '../../adapters/redis/request-limits.js';
import { WORKBENCH_CONFIG, type WorkbenchConfig } from '../../config.js';
import { ForeignRequest } from '../../domain/sign-in-errors.js';
import { ownOrigin } from './browser.js';

const CHANGES_NOTHING = new Set(['GET', 'HEAD', 'OPTIONS']);

export function isUnsafe(request: Request): boolean {
  return !CHANGES_NOTHING.has(request.method);
}

/**
 * Whatever changes something must come from a page of our own, as the browser itself says (`Origin`, `Sec-Fetch-Site`: no page can forge
 * them). Clients that are no browser say neither, and have no cookies of a user that a foreign page could use.
 * @throws ForeignRequest
 */
export function mustBeOwnPage(request: Request, publicUrl: string | undefined): void {
  if (!isUnsafe(request)) return;
  const site = request.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new ForeignRequest();
  const origin = request.header('origin');
  if (origin !== undefined && origin !== ownOrigin(request, publicUrl).origin) throw new ForeignRequest();
}

/** For whoever is not signed in yet: own pages only, and not too often from one address. */
@Injectable()
export class DoorGuard implements CanActivate {
  constructor(
    private readonly limits: RequestLimits,
    @Inject(WORKBENCH_CONFIG) private readonly config: WorkbenchConfig,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    mustBeOwnPage(request, this.config.PUBLIC_URL);
    await this.limits.ofSignIn(request.ip ?? 'unknown');
    return true;
  }
}

/** Open to whoever is not signed in yet: the door itself. */
export const AtTheDoor = () => applyDecorators(Public(), UseGuards(DoorGuard));
