import type { Texts } from '../zh';

/** A paper that the person brings: its page, its scan. */
export const paper: Texts['paper'] = {
  title: 'Check of a paper',
  heading: (paper, item) => `${paper} · ${item}`,
  back: 'Back to the case',
  notOfCase: 'The case does not ask for this paper.',
  wrong: 'Why it is not in order',
  noScan: 'No scan was uploaded.',
  todo: 'What to do',
  receive: 'The original was seen',
  scanOf: (title) => `Scan: ${title}`,
  upload: 'Upload the scan',
  earlier: 'The same paper, given before',
  given: (owner, day) => `${owner} found it in order on ${day}`,
  use: 'Use this one',
  inOrder: 'This paper is in order.',
  reject: {
    open: 'Not in order…',
    reason: 'What is wrong, and what to bring instead',
    missing: 'Say what is wrong and what to bring instead, in 5 characters or more',
    submit: 'Send the paper back',
  },
  waive: {
    open: 'Need not come…',
    reason: 'Why it need not come',
    missing: 'Say why it need not come, in 5 characters or more',
    submit: 'Record that it need not come',
  },
  open: 'Look and decide',
  openOf: (title) => `Look and decide: ${title}`,
};

export const scan: Texts['scan'] = {
  what: 'Scan',
  missing: 'Choose the scan to upload',
  open: 'Open the scan',
  audited: 'Every look stands in the audit.',
  tools: 'Tools for looking',
  larger: 'Larger',
  smaller: 'Smaller',
  turn: 'Turn',
  shownAt: (percent, degrees) => (degrees === 0 ? `${percent}%` : `${percent}%, turned by ${degrees}°`),
  frame: (title) => `Scan: ${title}`,
  imageOf: (title) => `Scan of: ${title}`,
  keys: 'While the picture has the focus: + larger, - smaller, R turns, arrows scroll.',
  notAnImage: 'This is a PDF: save it and open it in a reader.',
  save: 'Save the PDF',
};
