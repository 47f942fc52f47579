import { Injectable, type OnModuleInit } from '@nestjs/common';
import { SendingOfServices } from '@app/service-host';
import { MessagePort } from '../../adapters/message-port.js';
import { DeliveryRepository } from '../../adapters/postgres/delivery-repository.js';

/** Who looks at the delivery of the registry sees what waits to be sent, above all where nothing sends it. */
@Injectable()
export class TellsOfSending implements OnModuleInit {
  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly port: MessagePort,
    private readonly sending: SendingOfServices,
  ) {}

  onModuleInit(): void {
    this.sending.watch('registry', async () => ({
      gateway: this.port.usable,
      ...(await this.deliveries.health()),
    }));
  }
}
