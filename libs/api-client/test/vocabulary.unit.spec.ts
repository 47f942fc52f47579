import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vocabulary } from '@app/catalogue';

const FROZEN = join(import.meta.dirname, '..', 'vocabulary.json');

describe('the facts that the portal can name', () => {
  it('are those of the vocabulary', () => {
    const names = Object.fromEntries(
      vocabulary.map(({ name, zh, en, values }) => [name, values ? { zh, en, values } : { zh, en }]),
    );
    if (process.env['API_CLIENT_WRITE']) writeFileSync(FROZEN, `${JSON.stringify(names, null, 2)}\n`);
    expect(JSON.parse(readFileSync(FROZEN, 'utf8'))).toEqual(names);
  });
});
