import { checkCharacter } from '@app/access';

const identityBody = '33880119570329427';
const identityNumber = identityBody + checkCharacter(identityBody);

/** An invented person of the demo county whose secrets occur nowhere else: where one of them turns up, it leaked. */
export const canary = {
  name: '金丝雀',
  identityNumber,
  /** Identity number, category and grade, as on a card. */
  cardNumber: `${identityNumber}43`,
  phone: '15968801357',
  account: '6228488019570329471',
  address: '鹦鹉洲路 1957 弄 29 号 427 室',
  birthDate: '1957-03-29',
} as const;

export type CanarySecret = 'name' | 'identityNumber' | 'cardNumber' | 'phone' | 'account' | 'address';

/** Something that left the house, or lies about in it: an answer, an event, a log, a row. */
export interface SearchedText {
  /** For the report of a find: `log of registry`, `topic registry.person`. */
  readonly where: string;
  readonly text: string;
}

export interface FoundCanary {
  readonly where: string;
  readonly secret: CanarySecret;
  /** How it was written there; never the text around it. */
  readonly form: string;
}

const secrets: readonly CanarySecret[] = [
  'name',
  'identityNumber',
  'cardNumber',
  'phone',
  'account',
  'address',
];

/** How a secret may be written where somebody thought that it is not there. */
function formsOf(secret: CanarySecret): readonly (readonly [form: string, text: string])[] {
  const plain = canary[secret];
  const bytes = Buffer.from(plain);
  return [
    ['plain', plain],
    ['percent-encoded', encodeURIComponent(plain)],
    [
      'escaped',
      [...plain].map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
    ],
    ['hexadecimal', bytes.toString('hex')],
    ...[0, 1, 2].flatMap((shift) =>
      (['base64', 'base64url'] as const).map(
        (encoding) => [encoding, inBase64(bytes, shift, encoding)] as const,
      ),
    ),
    // A number whose ends are masked, and whose middle is not.
    ...(secret === 'identityNumber' ? ([['middle', plain.slice(6, 17)]] as const) : []),
  ];
}

/** What base64 of a longer text holds when the secret begins `shift` bytes into a group of three. */
function inBase64(bytes: Buffer, shift: number, encoding: 'base64' | 'base64url'): string {
  const whole = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString(encoding)
    .replace(/=+$/, '');
  const rest = (shift + bytes.length) % 3;
  // Characters at the edges are mixed with what stands before and behind.
  return whole.slice(shift === 0 ? 0 : shift + 1, rest === 0 ? undefined : -1);
}

/** Numbers as people group them, full-width, or in lower case. */
function joined(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/[\s\u200b-]/g, '')
    .toUpperCase();
}

const forms = secrets.map((secret) => [secret, formsOf(secret)] as const);

/** Every secret of the canary that stands in one of these texts, once per place and form; nothing is the good result. */
export function findCanaries(texts: Iterable<SearchedText>): FoundCanary[] {
  const found: FoundCanary[] = [];
  for (const { where, text } of texts) {
    const lower = text.toLowerCase();
    const together = joined(text);
    for (const [secret, ways] of forms) {
      const seen = new Set(
        ways
          .filter(([form, way]) =>
            form.startsWith('base64') ? text.includes(way) : lower.includes(way.toLowerCase()),
          )
          .map(([form]) => form),
      );
      if (!seen.has('plain') && together.includes(joined(canary[secret]))) seen.add('grouped');
      found.push(...[...seen].map((form) => ({ where, secret, form })));
    }
  }
  return found;
}
