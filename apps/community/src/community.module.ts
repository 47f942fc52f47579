import { Module } from '@nestjs/common';
import { CaseworkModule } from '@app/casework';
import { ServiceModule } from '@app/service-host';

/** Cases of its own items; what is community's alone is added beside them. */
@Module({
  imports: [ServiceModule.forService('community'), CaseworkModule.forService('community')],
})
export class CommunityModule {}
