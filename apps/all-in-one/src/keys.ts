import { keysOfServices } from '@app/service-host';
import { allMigrations } from './services.js';

/** `node keys.js status|rotate`: which keys the encrypted columns are under, and encrypting them anew (docs/keys.md). */
await keysOfServices(allMigrations, process.argv[2] === 'rotate' ? 'rotate' : 'status');
