import type { EncryptedTable } from '@app/access';

/** This service's ciphertext. */
export const encryptedColumns: readonly EncryptedTable[] = [
  { table: 'cards', key: ['card_id'], columns: ['card_number'] },
  { table: 'former_card_numbers', key: ['card_id', 'card_token'], columns: ['card_number'] },
  { table: 'applications', key: ['application_id'], columns: ['identity_number'] },
  { table: 'card_imports', key: ['import_id'], columns: ['bad_rows'] },
];
