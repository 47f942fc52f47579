import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { tap, type Observable } from 'rxjs';

/** Says with an answer about a case which version of it that is: whoever then changes it names the version (`If-Match`). */
@Injectable()
export class TellVersion implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response = context.switchToHttp().getResponse<Response>();
    return next.handle().pipe(
      tap((answer: { readonly version?: number } | undefined) => {
        if (answer?.version !== undefined) response.setHeader('etag', `"${answer.version}"`);
      }),
    );
  }
}
