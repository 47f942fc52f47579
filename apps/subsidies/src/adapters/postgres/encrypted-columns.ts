import type { EncryptedTable } from '@app/access';

/** This service's ciphertext. */
export const encryptedColumns: readonly EncryptedTable[] = [
  { table: 'payee_accounts', key: ['account_id'], columns: ['account_number', 'phone'] },
  { table: 'declared_relatives', key: ['entry_id'], columns: ['identity_number'] },
  { table: 'take_over_rows', key: ['take_over_id', 'list', 'key', 'nth'], columns: ['account_number'] },
  { table: 'decision_returns', key: ['list_no', 'return_no'], columns: ['content'] },
];
