import type { EncryptedTable } from '@app/access';

/** The registry's ciphertext. */
export const encryptedColumns: readonly EncryptedTable[] = [
  { table: 'persons', key: ['person_id'], columns: ['identity_number', 'phone', 'address'] },
  { table: 'guardians', key: ['guardian_id'], columns: ['identity_number', 'phone'] },
  { table: 'import_rows', key: ['import_id', 'row_no'], columns: ['cells'] },
  { table: 'identity_decisions', key: ['decision_id'], columns: ['new_person', 'new_number'] },
  { table: 'death_matches', key: ['match_id'], columns: ['said'] },
  { table: 'former_numbers', key: ['person_id', 'identity_token'], columns: ['identity_number'] },
];
