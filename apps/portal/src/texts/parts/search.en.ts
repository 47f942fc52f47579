/** Looking for persons, cases and documents from every page. */
export const search = {
  open: 'Find anything',
  shortcut: ' (Ctrl+K)',
  title: 'Find persons, cases and documents',
  what: 'Name, its reading, or a whole number',
  help: 'A name, its pinyin or initials; or a whole identity number, card number, temporary reference, or the number or address of a case or document. What you type stays in no address, history or log.',
  casesOnly: 'Your post shows no files of persons: only cases are looked for.',
  go: 'Find',
  results: 'What was found',
  groups: { persons: 'Persons', cases: 'Cases', documents: 'Documents' },
  missing: 'Enter a name or a number',
  notWhole:
    'This is neither a name nor a whole number. An identity number has 15 or 18 characters, a card number 20 or more; if you know a part only, look for the name.',
  refused: 'This number was not looked for',
  found: (persons: number, cases: number, documents: number) =>
    [
      persons > 0 && `${persons} ${persons === 1 ? 'person' : 'persons'}`,
      cases > 0 && `${cases} ${cases === 1 ? 'case' : 'cases'}`,
      documents > 0 && `${documents} ${documents === 1 ? 'document' : 'documents'}`,
    ]
      .filter(Boolean)
      .join(', '),
  foundLead: (what: string) => `Found: ${what}. Choose with the arrow keys, open with Enter.`,
  none: 'Nothing was found in your place.',
  noneHelp: 'Check the name or number; the person may also be outside of your place, or not on file.',
  tooManyPersons: (shown: number) =>
    `More than ${shown} persons are called so; these are the first ${shown}. Enter the whole name, or the identity number.`,
  tooManyCases: (shown: number, total: string) =>
    `There are ${total} cases; these are the ${shown} with the nearest terms. The others stand in the work queue and in the files.`,
  born: (day: string) => `born on ${day}`,
};
