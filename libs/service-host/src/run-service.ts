import type { IncomingMessage } from 'node:http';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { DynamicModule, Type } from '@nestjs/common';
import { EventStrategy, MessagingRuntime } from '@app/messaging';
import { ColumnCipher } from '@app/access';
import {
  createLogger,
  NestLogger,
  processConfig,
  refuseUnstorable,
  requestContext,
  unreadableBody,
  type ProcessConfig,
} from '@app/platform';
import { z } from 'zod';
import { ProcessModule, type ProcessOverrides } from './process.module.js';

export interface ServiceProcess {
  /** The service, or `all-in-one`. */
  readonly name: string;
  readonly modules: readonly (Type | DynamicModule)[];
}

/** Builds the application of a process, without listening: for `runService`, and for tests. */
export async function createServiceApp(
  { name, modules }: ServiceProcess,
  config: ProcessConfig,
  overrides: ProcessOverrides = {},
): Promise<NestExpressApplication> {
  // Validation errors are read by caseworkers.
  z.config(z.locales.zhCN());
  const root: DynamicModule = {
    module: class RootModule {},
    imports: [ProcessModule.forProcess(name, config, modules.length > 1, overrides), ...modules],
  };
  const app = await NestFactory.create<NestExpressApplication>(root, {
    logger: new NestLogger(createLogger(config.LOG_LEVEL).child({ process: name })),
    bodyParser: false,
  });
  app.useBodyParser('json', { limit: '1mb', type: isJsonForUs });
  const cipher = app.get(ColumnCipher);
  app.use(unreadableBody);
  app.use(refuseUnstorable);
  app.use(requestContext((text) => cipher.blindIndex('request', text)));
  app.disable('x-powered-by');
  const document = new DocumentBuilder()
    .setTitle(`Onething ${name}`)
    .setDescription('残疾人全周期服务“一件事”')
    .setVersion('1')
    .addBearerAuth()
    .build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, document), {
    jsonDocumentUrl: 'openapi.json',
  });
  app.connectMicroservice({ strategy: new EventStrategy(app.get(MessagingRuntime)) });
  app.enableShutdownHooks(['SIGTERM', 'SIGINT']);
  return app;
}

/** What the gateway hands on (`/api/…`) is not for this process: it streams through unread. */
function isJsonForUs({ url = '', headers }: IncomingMessage): boolean {
  return /^application\/json\b/i.test(headers['content-type'] ?? '') && !url.startsWith('/api/');
}

/** Starts a service process: `src/main.ts` of every app is this call. */
export async function runService(service: ServiceProcess, overrides: ProcessOverrides = {}): Promise<void> {
  const config = processConfig();
  const app = await createServiceApp(service, config, overrides);
  await app.startAllMicroservices();
  await app.listen(config.PORT, config.HOST);
}
