import type { DisabilityCategory, DisabilityGrade } from '@app/contracts';

export type FactValue = string | number | boolean;

/** A recorded fact; outside its validity it is not known. Both days are inclusive. */
export interface KnownFact {
  readonly value: FactValue;
  readonly validFrom: string | null;
  readonly validTo: string | null;
}

export type KnownFacts = Readonly<Record<string, KnownFact>>;

export interface SubjectCard {
  readonly status: 'valid' | 'frozen' | 'cancelled';
  readonly category: DisabilityCategory;
  readonly grade: DisabilityGrade;
  readonly components: readonly {
    readonly category: Exclude<DisabilityCategory, 'multiple'>;
    readonly grade: DisabilityGrade;
  }[];
  readonly issuedOn: string;
  /** Last day of its term. */
  readonly validTo: string;
  /** Known for a cancelled card where the day of cancellation is on file. */
  readonly cancelledOn?: string | null;
}

export interface SubjectMember {
  readonly birthDate: string;
  readonly sex?: 'male' | 'female';
  readonly facts: KnownFacts;
  readonly card: SubjectCard | null;
}

/** All that determination may know of a person: no name, no number, no address. */
export interface Subject {
  readonly person: {
    readonly birthDate: string;
    readonly sex: 'male' | 'female';
    readonly divisionCode: string;
    readonly diedOn: string | null;
    readonly movedAwayOn: string | null;
  };
  /** null: the person has no card, which is known, not missing. */
  readonly card: SubjectCard | null;
  readonly facts: KnownFacts;
  /** null: the household is not on file, so nothing that depends on it is known. */
  readonly household: null | {
    /** Everybody in it, the person included. */
    readonly size: number;
    /** How many of `size` hold a valid card, the person included. */
    readonly cardholders: number;
    /** The others that are on file: **the person is not among them**. Fewer than `size - 1` means that some are not known. */
    readonly members: readonly SubjectMember[];
  };
}
