import { Sensitive, sensitive } from '@app/access';
import { Answers, ProblemDetailsFilter } from '@app/platform';
import {
  Controller,
  Get,
  Module,
  StandardSchemaSerializerInterceptor,
  type INestApplication,
  type LoggerService,
} from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, NestFactory, Reflector } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';

const NUMBER = '110101199003070134';
const answer = z.object({ number: sensitive('identity') }).meta({ id: 'Answer' });
const given = () => ({ number: new Sensitive('identity', NUMBER) });

@Controller()
class Numbers {
  @Get('masked')
  @Answers(answer)
  masked() {
    return given();
  }

  @Get('list')
  @Answers(z.array(answer))
  list() {
    return [given(), given()];
  }

  @Get('plain')
  @Answers(answer)
  plain() {
    return { number: NUMBER };
  }

  @Get('undeclared')
  undeclared() {
    return { ...given(), text: `${given().number}` };
  }

  @Get('fails')
  fails() {
    throw new Error(`refused for ${given().number}`);
  }
}

@Module({
  controllers: [Numbers],
  providers: [
    { provide: APP_FILTER, useClass: ProblemDetailsFilter },
    {
      provide: APP_INTERCEPTOR,
      inject: [Reflector],
      useFactory: (reflector: Reflector) => new StandardSchemaSerializerInterceptor(reflector),
    },
  ],
})
class NumbersModule {}

let app: INestApplication;
let url: string;
const logged: string[] = [];

beforeAll(async () => {
  const log = (...said: unknown[]) => void logged.push(said.map(String).join(' '));
  const logger: LoggerService = { log, error: log, warn: log };
  app = await NestFactory.create(NumbersModule, { logger });
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});
afterAll(() => app.close());

async function get(path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}/${path}`);
  return { status: response.status, text: await response.text() };
}

describe('an answer with somebody’s number', () => {
  it.each(['masked', 'list', 'undeclared'])('leaves masked (%s)', async (path) => {
    const { status, text } = await get(path);
    expect(status).toBe(200);
    expect(text).toContain('1101**********0134');
    expect(text).not.toContain('19900307');
  });

  it.each(['plain', 'fails'])(
    'never leaves in the clear, nor goes to the log, when a handler fails (%s)',
    async (path) => {
      logged.length = 0;
      const { status, text } = await get(path);
      expect(status).toBe(500);
      expect(JSON.parse(text)).toMatchObject({ title: 'unexpected' });
      expect(logged).toHaveLength(1);
      expect(text + logged.join()).not.toContain('19900307');
    },
  );

  it('says in the OpenAPI document that it is masked', () => {
    const document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
    expect(document.components?.schemas?.['Answer']).toMatchObject({
      properties: { number: { type: 'string', format: 'masked' } },
    });
  });
});
