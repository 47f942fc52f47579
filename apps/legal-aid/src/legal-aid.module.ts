import { Module } from '@nestjs/common';
import { CaseworkModule } from '@app/casework';
import { ServiceModule } from '@app/service-host';

/** Cases of its own items; what is legal-aid's alone is added beside them. */
@Module({
  imports: [ServiceModule.forService('legal-aid'), CaseworkModule.forService('legal-aid')],
})
export class LegalAidModule {}
