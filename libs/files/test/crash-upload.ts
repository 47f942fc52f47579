/** A process that receives one upload and links it, as a service does; told by its arguments where to die and what to send. Prints what it did. */
import { Readable } from 'node:stream';
import type { DataKeysFile } from '@app/access';
import { DiskStorage } from '../src/storage/disk-storage.js';
import { arm, counted } from './crash-points.js';
import { buildHouse, user, VILLAGE } from './build-house.js';

interface Order {
  readonly url: string;
  readonly directory: string;
  readonly keys: DataKeysFile;
  readonly personId: string;
  /** base64 */
  readonly content: string;
}

const order = JSON.parse(process.argv[3]!) as Order;
const house = buildHouse({ url: order.url, keys: order.keys, storage: new DiskStorage(order.directory) });
await house.database.open();
const officer = user();
arm();
const file = await house.files.receive(
  officer,
  {
    personId: order.personId,
    divisionCode: VILLAGE,
    readers: ['rehab-officer'],
    retentionClass: 'case-material',
    name: '照片.jpg',
  },
  Readable.from([Buffer.from(order.content, 'base64')]),
);
await house.database.transaction(officer, async (tx) => {
  await house.files.link(tx, file.fileId, { personId: order.personId });
  await tx.query('insert into materials (file_id) values ($1)', [file.fileId]);
});
process.stdout.write(JSON.stringify({ fileId: file.fileId, calls: counted() }));
await house.database.close();
