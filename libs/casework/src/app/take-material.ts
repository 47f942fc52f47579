import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { Files } from '@app/files';
import { v5 as uuidV5 } from 'uuid';
import { KnownPapers } from '../adapters/postgres/known-papers.js';
import type { Case } from '../domain/case.js';
import { PaperNotKnown } from '../domain/errors.js';
import { receiverOf, reviewersOf, type Doer } from '../domain/item.js';
import { readersOf } from '../domain/place.js';
import { checkMaterial, receiveMaterial, refuseMaterial } from '../domain/take-material.js';
import { actingOn, always, CaseDesk } from './case-desk.js';
import type { CaseSummary } from './case-view.js';

const PAPERS = '0a1d4f0e-58c8-4c0f-9a42-2f5d7d0f6a31';
const RETENTION = 'case-material';
const NOTHING_KEPT = { fileId: null, paperId: null } as const;

/** An upload as it comes in: its bytes, and how the user's device calls it. */
export interface Upload {
  readonly name: string;
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * The papers of a case: brought, uploaded, taken over from an earlier case, found in order or not. A person brings papers
 * whoever holds the task of the case.
 */
@Injectable()
export class TakeMaterial {
  constructor(
    private readonly desk: CaseDesk,
    private readonly files: Files,
    private readonly papers: KnownPapers,
  ) {}

  /** The original was seen at the counter. */
  receive(actor: Actor, caseId: string, material: string): Promise<CaseSummary> {
    return this.desk.act(
      actor,
      caseId,
      takersOf,
      (state, act) => receiveMaterial(state, material, NOTHING_KEPT, act),
      { besideClaim: always },
    );
  }

  /** A scan comes in. It is kept only if the case takes it. */
  async upload(actor: Actor, caseId: string, material: string, upload: Upload): Promise<CaseSummary> {
    const seen = await this.desk.seen(actor, caseId);
    const by = actingOn(actor, takersOf(seen), seen);
    // What cannot be taken is refused before its bytes are.
    receiveMaterial(seen, material, NOTHING_KEPT, this.desk.actOf(by));
    const { fileId } = await this.files.receive(
      by,
      {
        ...filePlaceOf(seen),
        personId: seen.personId,
        caseId,
        retentionClass: RETENTION,
        name: upload.name,
      },
      upload.content,
    );
    return this.desk.change(
      by,
      caseId,
      (state, now) => receiveMaterial(state, material, { fileId, paperId: null }, now),
      {
        besideClaim: always,
        after: async (tx, state) => {
          await this.files.link(tx, fileId, { personId: state.personId, caseId });
        },
      },
    );
  }

  /** A paper that the person gave for an earlier case serves this one. */
  async use(actor: Actor, caseId: string, material: string, paperId: string): Promise<CaseSummary> {
    const seen = await this.desk.seen(actor, caseId);
    const by = actingOn(actor, takersOf(seen), seen);
    receiveMaterial(seen, material, NOTHING_KEPT, this.desk.actOf(by));
    let fileId: string | null = null;
    return this.desk.change(
      by,
      caseId,
      (state, act) => receiveMaterial(state, material, { fileId, paperId }, act),
      {
        besideClaim: always,
        before: async (tx) => {
          const paper = await this.papers.find(tx, paperId);
          if (!paper || paper.personId !== seen.personId || paper.material !== material) {
            throw new PaperNotKnown(paperId);
          }
          const here = this.papers.fileHere(paper);
          if (here === null) return;
          // The earlier case may be out of the user's reach; the paper is the person's, and this case, which asks for it, is not.
          const file = await tx.asService(() =>
            this.files.reuse(tx, here, { ...filePlaceOf(seen), caseId, retentionClass: RETENTION }),
          );
          fileId = file.fileId;
        },
      },
    );
  }

  check(actor: Actor, caseId: string, material: string): Promise<CaseSummary> {
    return this.desk.act(
      actor,
      caseId,
      ({ item }) => reviewersOf(item),
      (state, act) => checkMaterial(state, material, paperIdOf(state, material), act),
    );
  }

  refuse(actor: Actor, caseId: string, material: string, reason: string): Promise<CaseSummary> {
    return this.desk.act(
      actor,
      caseId,
      ({ item }) => reviewersOf(item),
      (state, act) => refuseMaterial(state, material, reason, act),
    );
  }
}

/** Who stands beside the person, and whoever works on the case. */
function takersOf({ item }: Case): Doer {
  const { roles, department } = reviewersOf(item);
  return { roles: [...new Set([...receiverOf(item).roles, ...roles])], department };
}

/** Who sees a file of the case: who sees the case. */
export function filePlaceOf({ divisionCode, item, placement }: Case) {
  return { divisionCode, readers: readersOf(item), unitId: placement?.unitId ?? null };
}

/** The same paper is told once, however often it is checked. */
function paperIdOf({ id, materials }: Case, material: string): string {
  const fileId = materials.find((each) => each.material === material)?.fileId ?? 'seen';
  return uuidV5(`${id}/${material}/${fileId}`, PAPERS);
}
