import { pipeline } from 'node:stream/promises';
import {
  All,
  BadGatewayException,
  Controller,
  GatewayTimeoutException,
  Logger,
  PayloadTooLargeException,
  Req,
  Res,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { CurrentActor, type Actor } from '@app/access';
import type { Response } from 'express';
import { BodyTooLarge, ServiceTooSlow, ServiceUnreachable } from '../../adapters/http/service-client.js';
import { Gateway, passedBack } from '../../app/gateway.js';
import type { Session } from '../../domain/session-terms.js';
import { BySession, CurrentSession, type SessionRequest } from './session.guard.js';

/** `/api/<service>/…`: what the portal asks of the services, for whoever is signed in. */
@Controller('api')
@ApiExcludeController()
@BySession()
export class GatewayController {
  private readonly logger = new Logger('gateway');

  constructor(private readonly gateway: Gateway) {}

  @All('*path')
  async pass(
    @Req() request: SessionRequest,
    @Res() response: Response,
    @CurrentSession() session: Session,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const { method, originalUrl, headers } = request;
    try {
      const answer = await this.gateway.send(
        { method, originalUrl, headers, body: request, signal: gone.signal },
        session,
        actor,
      );
      response.status(answer.status);
      for (const [name, value] of passedBack(answer.headers)) response.setHeader(name, value);
      await pipeline(answer.body, response);
    } catch (error) {
      // Nobody listens any more: the browser has gone, or the answer broke off and so must ours.
      if (gone.signal.aborted || response.headersSent) return void response.destroy();
      throw this.explained(error);
    }
  }

  private explained(error: unknown): unknown {
    if (error instanceof BodyTooLarge) {
      return new PayloadTooLargeException('内容太大，请减小文件后再试。');
    }
    if (error instanceof ServiceTooSlow) {
      this.logger.warn(error.message);
      return new GatewayTimeoutException('服务没有及时应答。请稍后查看是否已办理，再决定是否重新提交。');
    }
    if (error instanceof ServiceUnreachable) {
      this.logger.warn(`a service was not reached: ${codeOf(error.cause)}`);
      return new BadGatewayException('服务暂时连接不上，请稍后再试；若持续如此，请联系运维人员。');
    }
    return error;
  }
}

function codeOf(cause: unknown): string {
  const code = (cause as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : 'broken off';
}
