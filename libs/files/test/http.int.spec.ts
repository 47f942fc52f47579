import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Controller, Get, Headers, Module, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import sharp from 'sharp';
import { actingAs, CurrentActor, lookingAs, Needs, type Actor } from '@app/access';
import { Files, filesMigrations, FilesModule, sendFile, uploadedName, type Variant } from '@app/files';
import { startService, type ServiceUnderTest, type TestUser } from '@app/testing';
import { pdf, photo } from './contents.js';
import { NEIGHBOUR, SERVICE, VILLAGE } from './build-house.js';

jest.setTimeout(60_000);

const roles = ['rehab-officer'] as const;

/** What a service with files has: the body of the upload is the file, its name stands in a header. */
@Controller('toy-files')
class ToyFilesController {
  constructor(private readonly files: Files) {}

  @Post()
  @Needs('case:work')
  async receive(
    @CurrentActor() actor: Actor,
    @Req() request: Request,
    @Headers('x-person-id') personId: string,
  ) {
    const { fileId, type } = await this.files.receive(
      actingAs(actor, roles, VILLAGE),
      {
        personId,
        divisionCode: VILLAGE,
        readers: [...roles],
        retentionClass: 'case-material',
        name: uploadedName(request),
      },
      request,
    );
    return { fileId, type };
  }

  @Get(':fileId')
  @Needs('case:work')
  async open(
    @CurrentActor() actor: Actor,
    @Param('fileId') fileId: string,
    @Query('variant') variant: Variant | undefined,
    @Res() response: Response,
  ) {
    await sendFile(
      response,
      await this.files.open(lookingAs(actor, roles), fileId, variant ? { variant } : {}),
    );
  }
}

@Module({ imports: [FilesModule.forService(SERVICE)], controllers: [ToyFilesController] })
class ToyModule {}

let service: ServiceUnderTest;
let officer: TestUser;

beforeAll(async () => {
  service = await startService({
    name: SERVICE,
    modules: [ToyModule],
    migrated: [{ service: SERVICE, migrations: filesMigrations }],
  });
  officer = await service.as('rehab-officer', { from: VILLAGE, to: VILLAGE });
});
afterAll(() => service.stop());

/** An upload as the portal sends it. */
async function upload(content: Buffer, name: string, type = 'application/octet-stream') {
  const token = await service.signer.sign({
    id: 'rehab-officer',
    grants: [
      { role: 'rehab-officer', department: null, from: VILLAGE, to: VILLAGE, unit: null, onBehalfOf: null },
    ],
  });
  const response = await fetch(`${service.url}/toy-files`, {
    method: 'POST',
    body: new Uint8Array(content),
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': type,
      'x-file-name': encodeURIComponent(name),
      'x-person-id': randomUUID(),
    },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

it('goes in and out over HTTP, as a download that nothing can be made of', async () => {
  const content = pdf('over http');
  const { status, body } = await upload(content, "诊断 (1)'证明.pdf", 'text/html');
  expect([status, body['type']]).toEqual([201, 'application/pdf']);
  const answer = await officer.get(`/toy-files/${String(body['fileId'])}`);
  expect(answer.status).toBe(200);
  expect((answer.body as Buffer).equals(content)).toBe(true);
  const headers = Object.fromEntries(answer.headers);
  expect(headers).toMatchObject({
    'content-type': 'application/pdf',
    'content-length': String(content.length),
    'content-disposition':
      'attachment; filename="file.pdf"; filename*=UTF-8\'\'%E8%AF%8A%E6%96%AD%20%281%29%27%E8%AF%81%E6%98%8E.pdf',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  });
});

it('shows a thumbnail of a photo', async () => {
  const { body } = await upload(await photo(), 'IMG.jpg');
  const answer = await officer.get(`/toy-files/${String(body['fileId'])}?variant=thumbnail`);
  expect(answer.headers.get('content-type')).toBe('image/webp');
  expect((await sharp(answer.body as Buffer).metadata()).format).toBe('webp');
});

it('is not there for a neighbour village, and tells nobody else anything', async () => {
  const { body } = await upload(pdf('ours'), 'ours.pdf');
  const path = `/toy-files/${String(body['fileId'])}`;
  const neighbour = await service.as('rehab-officer', { from: NEIGHBOUR, to: NEIGHBOUR });
  const answer = await neighbour.get(path);
  expect([answer.status, answer.body.title]).toEqual([404, 'file-not-found']);
  expect((await neighbour.get(`/toy-files/${randomUUID()}`)).body.detail).toBe(answer.body.detail);
  expect((await service.anonymous.get(path)).status).toBe(401);
});

it('answers a refused upload with what to do, even one that is too large', async () => {
  const script = await upload(Buffer.from('<script>alert(1)</script>'), 'paper.pdf', 'application/pdf');
  expect([script.status, script.body['title'], script.body['why']]).toEqual([
    422,
    'file-kind-refused',
    'unknown',
  ]);
  const large = await upload(Buffer.alloc(21 * 1024 * 1024), 'large.pdf');
  expect([large.status, large.body['title'], large.body['maxMegabytes']]).toEqual([
    422,
    'file-too-large',
    20,
  ]);
});

it('cuts the connection where the stored content does not open to its end', async () => {
  const { body } = await upload(pdf('x'.repeat(300_000)), 'long.pdf');
  const [row] = await service.database.query<{ name: string }>(
    `select left(address, 2) || '/' || address || '.' || object_id as name
     from ${SERVICE}.files join ${SERVICE}.file_objects using (object_id) where file_id = $1`,
    [body['fileId']],
  );
  const { readFileSync, writeFileSync } = await import('node:fs');
  const path = `${service.config.FILES_DIR}/${SERVICE}/${row!.name}`;
  const stored = readFileSync(path);
  stored[200_000] = stored[200_000]! ^ 1;
  writeFileSync(path, stored);
  await expect(officer.get(`/toy-files/${String(body['fileId'])}`)).rejects.toThrow();
});
