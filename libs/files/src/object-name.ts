/** What is stored of one content. */
export type Variant = 'full' | 'thumbnail';

export interface ObjectPlace {
  readonly object_id: string;
  /** Keyed hash of the content, 64 hex digits. */
  readonly address: string;
}

/**
 * `<schema>/<first two of address>/<address>.<object id>[.thumbnail]`: the address, so that equal contents lie once; the id of the
 * row that claimed it, so that one that is being removed is never in the way of the same content coming again.
 */
export function objectName(schema: string, { address, object_id }: ObjectPlace, variant: Variant): string {
  const full = `${directoryOf(schema, address.slice(0, 2))}/${address}.${object_id}`;
  return variant === 'full' ? full : `${full}.thumbnail`;
}

/** Where the addresses with these two first digits lie; all of them, for none. */
export function directoryOf(schema: string, prefix: string): string {
  return prefix === '' ? schema : `${schema}/${prefix}`;
}

/** The row that an object belongs to; null for what is not ours. */
export function objectIdIn(name: string): string | null {
  return /\/[0-9a-f]{64}\.([0-9a-f-]{36})(?:\.thumbnail)?$/.exec(name)?.[1] ?? null;
}
