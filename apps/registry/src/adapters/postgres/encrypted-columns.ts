import type { EncryptedTable } from '@app/access';

/** The registry's ciphertext. */
export const encryptedColumns: readonly EncryptedTable[] = [
  { table: 'persons', key: ['person_id'], columns: ['identity_number', 'phone', 'address'] },
  { table: 'guardians', key: ['guardian_id'], columns: ['identity_number', 'phone'] },
  { table: 'import_rows', key: ['import_id', 'row_no'], columns: ['cells'] },
  { table: 'identity_decisions', key: ['decision_id'], columns: ['new_person'] },
];
