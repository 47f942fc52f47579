import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import type { Catalogue } from '@app/catalogue';
import { CaseworkModule } from '@app/casework';
import { ServiceModule } from '@app/service-host';
import { BenefitLedger } from './adapters/postgres/benefit-ledger.js';
import { BenefitQueries } from './adapters/postgres/benefit-queries.js';
import { PayeeQueries } from './adapters/postgres/payee-queries.js';
import { PayeeRepository } from './adapters/postgres/payee-repository.js';
import { BenefitRules } from './app/benefit-rules.js';
import { ChangePayees } from './app/change-payees.js';
import { FindBenefits } from './app/find-benefits.js';
import { FindPayees } from './app/find-payees.js';
import { FollowCases } from './app/follow-cases.js';
import { BenefitsController } from './entrypoints/http/benefits.controller.js';
import { PayeesController } from './entrypoints/http/payees.controller.js';

function parts(catalogue?: Catalogue): ModuleMetadata {
  return {
    imports: [
      ServiceModule.forService('subsidies'),
      CaseworkModule.forService('subsidies', {
        effects: FollowCases,
        providers: [BenefitRules, BenefitLedger],
        ...(catalogue ? { catalogue } : {}),
      }),
    ],
    controllers: [BenefitsController, PayeesController],
    providers: [BenefitQueries, FindBenefits, PayeeRepository, PayeeQueries, ChangePayees, FindPayees],
  };
}

/** Cases of the subsidies, and the benefits that follow them. */
@Module(parts())
export class SubsidiesModule {
  /** The same on another catalogue than that of the house. */
  static on(catalogue: Catalogue): DynamicModule {
    return { module: class SubsidiesOnCatalogue {}, ...parts(catalogue) };
  }
}
