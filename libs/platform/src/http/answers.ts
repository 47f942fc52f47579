import { applyDecorators, SerializeOptions } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';

/** What a handler answers: nothing beside the schema leaves the service, and the OpenAPI document shows it. */
export function Answers(schema: z.ZodType, status: 200 | 201 = 200): MethodDecorator {
  return applyDecorators(SerializeOptions({ schema }), ApiResponse({ status, standardSchema: schema }));
}
