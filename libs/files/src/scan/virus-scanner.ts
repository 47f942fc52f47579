/** What a scanner says of a content. */
export type Verdict = { readonly infected: false } | { readonly infected: true; readonly signature: string };

/** The scanner cannot say: it is away, too slow, or refused the content. The file stays held and is tried again. */
export class ScannerUnavailable extends Error {
  constructor(why: string, options?: ErrorOptions) {
    super(`the virus scanner gave no verdict: ${why}`, options);
    this.name = 'ScannerUnavailable';
  }
}

/** Looks for viruses in a content. */
export abstract class VirusScanner {
  /** False: there is no scanner by configuration, and files are marked `unscanned`. */
  abstract readonly scans: boolean;
  /** @throws ScannerUnavailable */
  abstract scan(content: AsyncIterable<Uint8Array>): Promise<Verdict>;
}

/** `FILES_SCANNER=none`: an installation without a scanner says so openly on every file. */
export class NoScanner extends VirusScanner {
  readonly scans = false;

  async scan(): Promise<Verdict> {
    throw new ScannerUnavailable('none is configured (FILES_SCANNER=none)');
  }
}
