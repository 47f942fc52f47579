import type { DisabilityCategory, DisabilityGrade } from '@app/contracts';

/** A person of the demo county, as the rosters of its departments know them. All of it is invented. */
export interface DemoPerson {
  readonly name: string;
  readonly identityNumber: string;
  readonly sex: 'male' | 'female';
  readonly birthDate: string;
  readonly villageCode: string;
  readonly household: string;
  readonly head: boolean;
  readonly phone: string;
  readonly address: string;
  readonly aid: 'dibao' | 'dibian' | 'tekun' | null;
  /** A card of the living stock, or null for somebody who has none yet. */
  readonly card: DemoCard | null;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

export interface DemoCard {
  readonly cardNumber: string;
  readonly category: DisabilityCategory;
  readonly grade: DisabilityGrade;
  readonly components: readonly {
    readonly category: Exclude<DisabilityCategory, 'multiple'>;
    readonly grade: DisabilityGrade;
  }[];
  readonly issuedOn: string;
  readonly validTo: string;
}
