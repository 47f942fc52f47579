import { Injectable } from '@nestjs/common';
import { dictionary } from '@zxcvbn-ts/language-common';

/** Some 49,000 passwords that have leaked most often; the list comes with the package, nothing is asked over the network. */
@Injectable()
export class CommonPasswords {
  private readonly words: ReadonlySet<string> = new Set(dictionary['passwords-common']);

  has(word: string): boolean {
    return this.words.has(word);
  }
}
