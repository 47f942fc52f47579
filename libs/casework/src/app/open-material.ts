import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { Files, type OpenedFile, type OpenOptions } from '@app/files';
import { MaterialWithoutFile } from '../domain/errors.js';
import { materialOf } from '../domain/take-material.js';
import { CaseDesk, readerOf } from './case-desk.js';

/** The scan of a paper, for who may see the case. */
@Injectable()
export class OpenMaterial {
  constructor(
    private readonly desk: CaseDesk,
    private readonly files: Files,
  ) {}

  /** @throws CaseNotFound, MaterialNotAsked, MaterialWithoutFile, and what `Files.open` throws */
  async run(actor: Actor, caseId: string, material: string, options: OpenOptions): Promise<OpenedFile> {
    const { fileId } = materialOf(await this.desk.seen(actor, caseId), material);
    if (fileId === null) throw new MaterialWithoutFile(material);
    return this.files.open(readerOf(actor), fileId, options);
  }
}
