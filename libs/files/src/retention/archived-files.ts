import { Readable } from 'node:stream';
import type { Caller, Database } from '@app/platform';
import type { OpenedFile } from '../files.js';
import { BundleNotFound } from './retention-errors.js';
import type { ArchivedFile, RetentionArchive } from './retention-archive.js';

/** Of which files of a bundle somebody asks; without either, of all. */
export interface BundleQuery {
  readonly personId?: string;
  readonly caseId?: string;
  readonly limit: number;
}

/** What a bundle holds, without the names of its files: those may tell of a person, and come with the file itself. */
export interface Bundle {
  readonly proposalId: string;
  /** How many files answer the question; `files` are the first `limit` of them. */
  readonly count: number;
  readonly files: readonly Omit<ArchivedFile, 'name'>[];
}

interface ProvedBundle {
  readonly wrapped_key: string;
  readonly manifest_sha256: string;
}

/** Files that were deleted for their age, and archived before (调档): found in the bundle, and opened with a reason that stays. */
export class ArchivedFiles {
  constructor(
    private readonly database: Database,
    private readonly worker: Caller,
    private readonly archive: RetentionArchive,
  ) {}

  /** Of a set that was never archived, or is not known: none. */
  async list(proposalId: string, { personId, caseId, limit }: BundleQuery): Promise<Bundle> {
    const bundle = await this.find(proposalId);
    const asked = (bundle ? await this.manifestOf(proposalId, bundle) : []).filter(
      (file) =>
        (personId === undefined || file.personId === personId) &&
        (caseId === undefined || file.caseId === caseId),
    );
    const files = asked.slice(0, limit).map(({ name: _name, ...file }) => file);
    return { proposalId, count: asked.length, files };
  }

  /**
   * One file of a bundle, in clear. Who opened it for what stands in the audit log before a byte leaves.
   * @throws BundleNotFound (also for a file that is not in it), ContentTampered
   */
  async open(caller: Caller, proposalId: string, fileId: string, why: string): Promise<OpenedFile> {
    const bundle = await this.find(proposalId);
    if (!bundle) throw new BundleNotFound();
    const file = (await this.manifestOf(proposalId, bundle)).find((each) => each.fileId === fileId);
    if (!file) throw new BundleNotFound();
    const content = await this.archive.open(proposalId, bundle.wrapped_key, fileId);
    await this.database.transaction(caller, async (tx) =>
      tx.audit({
        what: 'archived-file.opened',
        personIds: file.personId === null ? [] : [file.personId],
        caseIds: file.caseId === null ? [] : [file.caseId],
        why,
        detail: { proposalId, fileId },
      }),
    );
    return {
      type: file.type as OpenedFile['type'],
      name: file.name,
      size: content.length,
      // What the scan once said is not in the bundle.
      scan: 'unscanned',
      stream: Readable.from([content]),
    };
  }

  private manifestOf(proposalId: string, bundle: ProvedBundle): Promise<readonly ArchivedFile[]> {
    return this.archive.manifest(proposalId, bundle.wrapped_key, bundle.manifest_sha256);
  }

  /** Bundles are no user's rows; the caller has been asked whether they may. */
  private async find(proposalId: string): Promise<ProvedBundle | undefined> {
    const [bundle] = await this.database.query<ProvedBundle>(
      this.worker,
      `select p.wrapped_key, f.detail->>'manifestSha256' as manifest_sha256
       from retention_proposals p join retention_proofs f using (proposal_id)
       where p.proposal_id = $1 and f.what = 'archived'`,
      [proposalId],
    );
    return bundle;
  }
}
