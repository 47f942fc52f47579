import { Module } from '@nestjs/common';
import { CaseworkModule } from '@app/casework';
import { ServiceModule } from '@app/service-host';

@Module({
  imports: [ServiceModule.forService('subsidies'), CaseworkModule.forService('subsidies')],
})
export class SubsidiesModule {}
