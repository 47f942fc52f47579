import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '@app/access';
import { Answers } from '@app/platform';
import { z } from 'zod';
import { WORKBENCH_CONFIG, type WorkbenchConfig } from '../../config.js';

const signInWays = z
  .object({
    password: z.boolean().describe('Whether accounts sign in with a password here.'),
    openId: z.boolean().describe('Whether there is an OpenID provider: a link to `/workbench/oidc/start`.'),
    demoAccounts: z
      .array(z.object({ userId: z.string(), title: z.string() }))
      .readonly()
      .describe('Only in an installation that shows the invented county; empty everywhere else.'),
  })
  .meta({ id: 'SignInWays' });

/** What the sign-in page has to know before anybody has signed in. */
@Controller('workbench')
@ApiTags('sign-in')
@Public()
export class DoorController {
  constructor(@Inject(WORKBENCH_CONFIG) private readonly config: WorkbenchConfig) {}

  @Get('sign-in/ways')
  @ApiOperation({ summary: 'How one signs in here' })
  @Answers(signInWays)
  ways(): z.infer<typeof signInWays> {
    return {
      password: this.config.PASSWORD_SIGN_IN,
      openId: this.config.OIDC_ISSUER !== undefined,
      demoAccounts: this.config.DEMO_ACCOUNTS,
    };
  }
}
