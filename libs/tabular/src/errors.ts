import { DomainError } from '@app/kernel';

/** The file is no table that can be read: nothing of it was taken in. */
export class FileNotReadable extends DomainError {
  readonly slug = 'file-not-readable';
  readonly kind = 'invalid';
}

/** The file is larger than one upload may be, packed or unpacked. */
export class FileTooLarge extends DomainError {
  readonly slug = 'file-too-large';
  readonly kind = 'invalid';
}

/** The table lacks columns, or has one twice. */
export class HeaderNotValid extends DomainError {
  readonly slug = 'header-not-valid';
  readonly kind = 'invalid';
}
