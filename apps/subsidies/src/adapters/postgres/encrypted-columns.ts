import type { EncryptedTable } from '@app/access';

/** This service's ciphertext. */
export const encryptedColumns: readonly EncryptedTable[] = [
  { table: 'payee_accounts', key: ['account_id'], columns: ['account_number'] },
  { table: 'take_over_rows', key: ['take_over_id', 'list', 'key', 'nth'], columns: ['account_number'] },
];
