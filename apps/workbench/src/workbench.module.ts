import { Module, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import { ServiceModule } from '@app/service-host';
import { PortalPages } from './entrypoints/http/portal-pages.js';
import { SecurityHeaders } from './entrypoints/http/security-headers.js';
import { organisationControllers, organisationProviders } from './organisation.providers.js';
import { queueControllers, queueProviders } from './queue.providers.js';
import { watchControllers, watchProviders } from './watch.providers.js';
import { signInControllers, signInProviders } from './sign-in.providers.js';

/** The portal's server: the organisation with its accounts, signing in, and the watch over the other services. */
@Module({
  imports: [ServiceModule.forService('workbench')],
  controllers: [...organisationControllers, ...signInControllers, ...watchControllers, ...queueControllers],
  providers: [...organisationProviders, ...signInProviders, ...watchProviders, ...queueProviders],
})
export class WorkbenchModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(SecurityHeaders).forRoutes('workbench/{*path}', 'api/{*path}');
    consumer.apply(PortalPages).forRoutes('{*path}');
  }
}
