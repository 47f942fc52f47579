import type { EncryptedTable } from '@app/access';

/** The workbench's ciphertext. */
export const encryptedColumns: readonly EncryptedTable[] = [
  { table: 'accounts', key: ['account_id'], columns: ['phone'] },
  { table: 'second_factors', key: ['account_id'], columns: ['secret'] },
  { table: 'signing_keys', key: ['kid'], columns: ['private_key'] },
  { table: 'work_persons', key: ['person_id'], columns: ['name'] },
];
