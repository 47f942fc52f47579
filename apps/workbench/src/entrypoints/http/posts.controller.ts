import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { Answers } from '@app/platform';
import type { z } from 'zod';
import { ChangeDeputies } from '../../app/change-deputies.js';
import { ChangePosts } from '../../app/change-posts.js';
import { deputyNamed, ownPosts, postGiven } from './organisation-answers.js';
import {
  endDeputyRequest,
  endPostRequest,
  givePostRequest,
  nameDeputyRequest,
  uuid,
} from './organisation-requests.js';

/** What accounts may do, and who acts for them. */
@Controller('workbench')
@ApiTags('workbench: posts')
@ApiBearerAuth()
export class PostsController {
  constructor(
    private readonly changePosts: ChangePosts,
    private readonly changeDeputies: ChangeDeputies,
  ) {}

  @Post('accounts/:id/posts')
  @Needs('post:give')
  @ApiOperation({
    summary:
      'Give a post; sensitive roles are given by the security administrator, the others by the system administrator',
  })
  @Answers(postGiven, 201)
  give(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: givePostRequest }) { from, to, ...wanted }: z.infer<typeof givePostRequest>,
    @CurrentActor() actor: Actor,
  ) {
    return this.changePosts.give(actor, id, { ...wanted, period: { from, to } });
  }

  @Post('posts/:id/end')
  @HttpCode(200)
  @Needs('post:give')
  @ApiOperation({ summary: 'Take a post; who acts for its holder ends with it' })
  @Answers(postGiven)
  end(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: endPostRequest }) wanted: z.infer<typeof endPostRequest>,
    @CurrentActor() actor: Actor,
  ) {
    return this.changePosts.end(actor, id, wanted);
  }

  @Post('posts/:id/deputies')
  @Needs('deputy:name')
  @ApiOperation({ summary: 'Name who acts for the holder of a post who cannot do it' })
  @Answers(deputyNamed, 201)
  nameFor(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: nameDeputyRequest }) wanted: z.infer<typeof nameDeputyRequest>,
    @CurrentActor() actor: Actor,
  ) {
    return this.changeDeputies.nameFor(actor, id, wanted);
  }

  @Post('deputies/:id/end')
  @HttpCode(200)
  @Needs('deputy:name')
  @ApiOperation({ summary: 'End a deputyship' })
  @Answers(deputyNamed)
  endFor(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: endDeputyRequest }) { on }: z.infer<typeof endDeputyRequest>,
    @CurrentActor() actor: Actor,
  ) {
    return this.changeDeputies.endFor(actor, id, on);
  }

  @Get('own/posts')
  @Needs('unit:read')
  @ApiOperation({ summary: 'One’s own posts that are in force' })
  @Answers(ownPosts)
  async own(@CurrentActor() actor: Actor) {
    return { posts: await this.changePosts.own(actor) };
  }

  @Post('own/posts/:id/deputies')
  @Needs('own-deputy:name')
  @ApiOperation({ summary: 'Name who acts for oneself, from day to day' })
  @Answers(deputyNamed, 201)
  nameOwn(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: nameDeputyRequest }) wanted: z.infer<typeof nameDeputyRequest>,
    @CurrentActor() actor: Actor,
  ) {
    return this.changeDeputies.nameOwn(actor, id, wanted);
  }

  @Post('own/deputies/:id/end')
  @HttpCode(200)
  @Needs('own-deputy:name')
  @ApiOperation({ summary: 'End a deputyship of one’s own post' })
  @Answers(deputyNamed)
  endOwn(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: endDeputyRequest }) { on }: z.infer<typeof endDeputyRequest>,
    @CurrentActor() actor: Actor,
  ) {
    return this.changeDeputies.endOwn(actor, id, on);
  }
}
