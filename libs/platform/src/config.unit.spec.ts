import { z } from 'zod';
import { ConfigError, parseEnvironment } from './config.js';

const schema = z.object({
  GATEWAY_URL: z.url().optional(),
  PREFIX: z.string().default(''),
  PORT: z.coerce.number(),
});

it('takes what is handed on empty as not set', () => {
  expect(parseEnvironment(schema, { GATEWAY_URL: '', PREFIX: '', PORT: '1' })).toEqual({
    PREFIX: '',
    PORT: 1,
  });
});

it('names what is wrong, and never its value', () => {
  const parse = () => parseEnvironment(schema, { GATEWAY_URL: 'secret', PORT: '' });
  expect(parse).toThrow(ConfigError);
  expect(parse).toThrow(/GATEWAY_URL[\s\S]*PORT/);
  expect(parse).not.toThrow(/secret/);
});
