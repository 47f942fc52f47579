import type { EncryptedTable } from '@app/access';

/** This service's ciphertext. */
export const encryptedColumns: readonly EncryptedTable[] = [
  { table: 'payee_accounts', key: ['account_id'], columns: ['account_number'] },
];
