import { applyDecorators, SerializeOptions } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { z } from 'zod';

/** What a handler answers: nothing beside the schema leaves the service, and the OpenAPI document shows it. */
export function Answers(schema: z.ZodType): MethodDecorator {
  return applyDecorators(SerializeOptions({ schema }), ApiOkResponse({ standardSchema: schema }));
}
