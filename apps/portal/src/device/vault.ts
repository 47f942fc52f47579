import { endOf, unsentOf, type Bag } from './kept';

const DATABASE = 'onething-visits';
const STORE = 'kept';
/** OWASP's figure for PBKDF2 with SHA-256. */
const ITERATIONS = 600_000;

/** What lies on the device: nothing of a person in clear. */
interface Row {
  readonly userId: string;
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly sealed: ArrayBuffer;
  /** When the last of it is over, in milliseconds. */
  readonly endsAt: number;
  /** Matters that wait to be told: whoever signs out is asked first. */
  readonly unsent: number;
}

/** That something is kept for a user, without opening it. */
export type KeptSign = Pick<Row, 'userId' | 'endsAt' | 'unsent'>;

/** What was kept is gone: wiped when somebody signed out, or over. */
export class KeptGone extends Error {
  constructor() {
    super('nothing is kept on this device any more');
    this.name = 'KeptGone';
  }
}

/** Whether this browser can keep anything: only over https (or on the machine itself) are there keys and locks. */
export const canKeep = (): boolean =>
  isSecureContext && 'indexedDB' in window && 'locks' in navigator && 'serviceWorker' in navigator;

/** Listens to whatever changes on the device in this window. */
const listeners = new Set<() => void>();
export function onKept(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
const tell = () => listeners.forEach((listener) => listener());

/** One user's things, opened with their passphrase; the key lives in the memory of this window alone. */
export class Vault {
  constructor(
    readonly userId: string,
    private readonly salt: Row['salt'],
    private readonly key: CryptoKey,
  ) {}

  /** @throws KeptGone */
  async read(): Promise<Bag> {
    const row = await rowOf(this.userId);
    if (!row || !sameBytes(row.salt, this.salt)) throw new KeptGone();
    return this.opened(row);
  }

  /** The one way to change what is kept: another window may have changed it meanwhile. @throws KeptGone */
  async change(decide: (bag: Bag) => Bag): Promise<Bag> {
    const bag = await alone(async () => {
      const next = decide(await this.read());
      await this.put(next);
      return next;
    });
    tell();
    return bag;
  }

  /** @internal with the lock held */
  async put(bag: Bag): Promise<void> {
    if (bag.visits.length === 0) {
      await inStore('readwrite', (store) => store.delete(this.userId));
      return;
    }
    const endsAt = Math.max(...bag.visits.map(endOf));
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt(
      { name: 'AES-GCM', iv, additionalData: boundTo(this.userId, endsAt) },
      this.key,
      new TextEncoder().encode(JSON.stringify(bag)),
    );
    const row: Row = {
      userId: this.userId,
      salt: this.salt,
      iv,
      sealed,
      endsAt,
      unsent: unsentOf(bag.visits),
    };
    await inStore('readwrite', (store) => store.put(row));
  }

  /** Of what is kept, that whose time is not over. @throws DOMException where the key is another one */
  async opened({ iv, sealed, endsAt }: Row): Promise<Bag> {
    const text = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv, additionalData: boundTo(this.userId, endsAt) },
      this.key,
      sealed,
    );
    const bag = JSON.parse(new TextDecoder().decode(text)) as Bag;
    return { ...bag, visits: bag.visits.filter((visit) => endOf(visit) > Date.now()) };
  }
}

let current: Vault | null = null;
/** What is open in this window. */
export const openVault = (): Vault | null => current;

/** Closes what is open: the passphrase is asked for again. */
export function lock(): void {
  current = null;
  tell();
}

/**
 * Opens what is kept on this device.
 * @param userId whose; null: nobody is signed in (there is no network), and the passphrase says whose it is
 * @returns null: the passphrase opens nothing
 */
export async function unlock(userId: string | null, passphrase: string): Promise<Vault | null> {
  const rows = (await allRows()).filter((row) => userId === null || row.userId === userId);
  for (const row of rows) {
    const vault = new Vault(row.userId, row.salt, await keyOf(passphrase, row.salt));
    try {
      await vault.opened(row);
    } catch (error) {
      if (error instanceof DOMException && error.name === 'OperationError') continue;
      throw error;
    }
    current = vault;
    tell();
    return vault;
  }
  return null;
}

/** Keeps something for a user for whom nothing is kept yet. */
export async function keep(userId: string, passphrase: string, bag: Bag): Promise<Vault> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const vault = new Vault(userId, salt, await keyOf(passphrase, salt));
  // What is written down must not be given up by the browser when it wants room.
  await navigator.storage.persist();
  await alone(() => vault.put(bag));
  current = vault;
  tell();
  return vault;
}

/** For whom something is kept, and how much of it waits to be told; what is over is wiped first. */
export async function signsOfKept(): Promise<readonly KeptSign[]> {
  if (!canKeep()) return [];
  const rows = await allRows();
  const over = rows.filter(({ endsAt }) => endsAt <= Date.now());
  for (const { userId } of over) await wipe(userId);
  return rows
    .filter((row) => !over.includes(row))
    .map(({ userId, endsAt, unsent }) => ({ userId, endsAt, unsent }));
}

/** Nothing of this user is left on the device. */
export async function wipe(userId: string): Promise<void> {
  if (!canKeep()) return;
  if (current?.userId === userId) current = null;
  await alone(() => inStore('readwrite', (store) => store.delete(userId)));
  tell();
}

/** One window at a time. */
const alone = <Result>(what: () => Promise<Result>): Promise<Result> =>
  navigator.locks.request(DATABASE, what) as Promise<Result>;

const rowOf = (userId: string) =>
  inStore<Row | undefined>('readonly', (store) => store.get(userId) as IDBRequest<Row | undefined>);
const allRows = () => inStore<Row[]>('readonly', (store) => store.getAll() as IDBRequest<Row[]>);

/** Whose it is and how long it lasts cannot be changed without the key. */
const boundTo = (userId: string, endsAt: number) => new TextEncoder().encode(`${userId} ${endsAt}`);

const sameBytes = (one: Uint8Array, other: Uint8Array) =>
  one.length === other.length && one.every((byte, place) => byte === other[place]);

async function keyOf(passphrase: string, salt: Row['salt']): Promise<CryptoKey> {
  const words = await crypto.subtle.importKey(
    'raw',
    new TextEncoder().encode(passphrase.normalize('NFKC')),
    'PBKDF2',
    false,
    ['deriveKey'],
  );
  return crypto.subtle.deriveKey(
    { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ITERATIONS },
    words,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}

async function inStore<Result>(
  mode: IDBTransactionMode,
  what: (store: IDBObjectStore) => IDBRequest<Result>,
): Promise<Result> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: 'userId' });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error ?? new Error('the device gives no room'));
  });
  try {
    return await new Promise<Result>((resolve, reject) => {
      // A phone may be switched off the moment after: it is on the disk when it is said to be kept.
      const transaction = database.transaction(STORE, mode, { durability: 'strict' });
      const request = what(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error('the device did not keep it'));
    });
  } finally {
    database.close();
  }
}
