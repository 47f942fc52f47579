import { applyDecorators, SerializeOptions } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';

/** What a handler answers: nothing beside the schema leaves the service, and the OpenAPI document shows it. */
export function Answers(schema: z.ZodType, status: 200 | 201 = 200): MethodDecorator {
  // Nest holds each element of a list against the schema, not the list.
  const each = schema instanceof z.ZodArray ? (schema.element as z.ZodType) : schema;
  return applyDecorators(SerializeOptions({ schema: each }), ApiResponse({ status, standardSchema: schema }));
}
