import { Module } from '@nestjs/common';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Catalogue } from '@app/catalogue';
import { certificationParts } from '../src/certification.module.js';

/** The house's regions, but the cards of 330302 are followed. */
const regions = mkdtempSync(join(tmpdir(), 'onething-regions-'));
cpSync('libs/catalogue', regions, { recursive: true });
const lucheng = join(regions, 'regions/330302.yaml');
writeFileSync(
  lucheng,
  `certification: { mode: followed }\n${readFileSync(lucheng, 'utf8').replace(/^certification:.*\n/m, '')}`,
);

/** A village there. */
export const FOLLOWED = '330302001001';

@Module(certificationParts(Catalogue.load(regions)))
export class CertificationUnderTest {}

export function removeRegions(): void {
  rmSync(regions, { recursive: true });
}
