import { Body, Controller, HttpCode, Param, Post, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import type { Owner } from '@app/contracts';
import { Answers, freeText, givenId } from '@app/platform';
import { z } from 'zod';
import { MakeAppointment } from '../../app/make-appointment.js';
import { appointmentView, appointmentViewOf, type AppointmentView } from '../../app/message-view.js';
import { named } from './named.js';

const uuid = givenId();

const appointmentRequest = z
  .object({
    day: z.iso.date(),
    time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, '应为 24 小时制的时间，例如 14:30'),
    place: freeText(2, 100).describe('Address and room: the person is told it by text message.'),
    purpose: freeText(2, 60).describe('What for, in words that name no disability and no illness.'),
  })
  .meta({ id: 'AppointmentRequest' });

const cancelRequest = z.object({ reason: freeText(2, 500) }).meta({ id: 'AppointmentCancelRequest' });

/** The appointments of a case. */
export function appointmentController(service: Owner): Type {
  @Controller(service)
  @ApiTags(`${service}: appointments`)
  @ApiBearerAuth()
  @Needs('case:work')
  class AppointmentController {
    constructor(private readonly appointments: MakeAppointment) {}

    @Post('cases/:id/appointments')
    @ApiOperation({
      summary: 'Ask the person to come: they are told, and reminded on the working day before',
    })
    @Answers(appointmentView, 201)
    async make(
      @Param('id', { schema: uuid }) id: string,
      @Body({ schema: appointmentRequest }) request: z.infer<typeof appointmentRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<AppointmentView> {
      return appointmentViewOf(await this.appointments.make(actor, id, request));
    }

    @Post('cases/:id/appointments/:appointmentId/cancel')
    @HttpCode(200)
    @ApiOperation({ summary: 'The appointment is off, and the person is told' })
    @Answers(appointmentView)
    async cancel(
      @Param('id', { schema: uuid }) id: string,
      @Param('appointmentId', { schema: uuid }) appointmentId: string,
      @Body({ schema: cancelRequest }) { reason }: z.infer<typeof cancelRequest>,
      @CurrentActor() actor: Actor,
    ): Promise<AppointmentView> {
      return appointmentViewOf(await this.appointments.cancel(actor, id, appointmentId, reason));
    }
  }
  return named(service, AppointmentController, 'AppointmentController');
}
