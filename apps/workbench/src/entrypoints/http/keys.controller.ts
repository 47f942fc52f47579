import { Body, Controller, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, Public, type Actor } from '@app/access';
import { Answers, givenId } from '@app/platform';
import { z } from 'zod';
import { ResetSecondFactor } from '../../app/reset-second-factor.js';
import { SigningKeys, type Rotated } from '../../app/signing-keys.js';
import { resetRequest, rotatedKey, rotationRequest } from './sign-in-schemas.js';

/** The keys of the house: what services check tokens with, and what the security administrator does with keys and authenticators. */
@Controller('workbench')
@ApiTags('keys')
export class KeysController {
  constructor(
    private readonly keys: SigningKeys,
    private readonly factors: ResetSecondFactor,
  ) {}

  @Get('.well-known/jwks.json')
  @Public()
  @Header('cache-control', 'public, max-age=30')
  @ApiOperation({ summary: 'Public keys with which services check the tokens of users' })
  published() {
    return this.keys.published();
  }

  @Post('keys/rotations')
  @HttpCode(200)
  @Needs('signing-key:rotate')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Let the key that signs tokens be followed by a new one' })
  @Answers(rotatedKey)
  rotate(
    @Body({ schema: rotationRequest }) { compromised, reason }: z.infer<typeof rotationRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<Rotated> {
    return this.keys.rotate(actor, compromised, reason);
  }

  @Post('accounts/:accountId/second-factor/reset')
  @HttpCode(204)
  @Needs('second-factor:reset')
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'Take an account’s lost authenticator away; another is registered at the next sign-in',
  })
  async reset(
    @Param('accountId', { schema: givenId() }) accountId: string,
    @Body({ schema: resetRequest }) { reason }: z.infer<typeof resetRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    await this.factors.run(actor, accountId, reason);
  }
}
