import { Module } from '@nestjs/common';
import { CaseworkModule } from '@app/casework';
import { ServiceModule } from '@app/service-host';

/** Cases of its own items; what is employment's alone is added beside them. */
@Module({
  imports: [ServiceModule.forService('employment'), CaseworkModule.forService('employment')],
})
export class EmploymentModule {}
