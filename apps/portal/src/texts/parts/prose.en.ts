/** Pages that are only text. */
export const accessibility = {
  title: 'Accessibility statement',
  sections: [
    {
      title: 'What we aim at',
      text: 'The portal is built as the Law on the Building of a Barrier-Free Environment asks. Its yardstick is WCAG 2.2, levels A and AA; level 2 of GB/T 37668-2019 is the goal. Disabled staff of the federation work here too: use with one hand, with low vision and with a screen reader is a design target.',
      points: [] as string[],
    },
    {
      title: 'How it can be used',
      text: '',
      points: [
        'Everything can be done with the keyboard alone; each page begins with a link to its main content.',
        'Under “Display” you choose light, dark or high contrast, and one of three densities.',
        'With text at 200 % and pages at 400 % (320 pixels wide) nothing is lost.',
        'States and terms are shown by a sign, words and colour, never by colour alone.',
        'Signing in asks no puzzles; passwords and codes can be pasted.',
        'Five minutes before a session ends you are told, and go on with one key.',
      ],
    },
    {
      title: 'How it is checked',
      text: 'Every page that exists is looked at in its states with axe in a real browser, and there are scripts that work by keyboard alone; both run with every change.',
      points: [],
    },
    {
      title: 'What is known to be missing',
      text: '',
      points: [
        'This statement has not been evaluated by a third party.',
        'No complete trial with users of screen readers has been made yet.',
        'The clauses of GB/T 37668-2019 have not been gone through one by one.',
        'Days are entered with the browser’s own calendar; browsers read it out differently.',
        'In English, what the services themselves say is still Chinese.',
      ],
    },
    {
      title: 'Tell us',
      text: 'If something stands in your way, tell the system administrator of your office: the page, the aid that you use, and what happened.',
      points: [],
    },
  ],
};

export const help = {
  title: 'Help',
  sections: [
    {
      title: 'To begin',
      text: '',
      points: [
        'The first time: get an activation code from the system administrator, and choose “First time: set a password” on the sign-in page.',
        'Password forgotten: ask the system administrator for a new activation code. Authenticator lost: ask the security administrator.',
        'The home page lists what needs you today; the work queue lists what can be taken.',
      ],
    },
    {
      title: 'To work on a case',
      text: '',
      points: [
        'With “Take next” the system gives you the most urgent case and it is yours; you can also take a case from its row.',
        'What you have taken nobody else works on. Hand it over to a colleague, or put it back.',
        'If papers are missing, tell the person of all of them at once.',
        'Who did the step before cannot decide. A refusal needs a reason; it stands in the decision.',
        'Under “Terms” every day of a term is listed, whether it counts, and by which article.',
      ],
    },
    {
      title: 'If you are told something',
      text: '',
      points: [
        '“Taken by another”: somebody was quicker, take the next one.',
        '“Changed meanwhile”: what you saw was not the newest; it has been loaded again.',
        '“No permission”: ask the system or security administrator.',
        '“Something went wrong”: tell the operators the trace number.',
      ],
    },
    {
      title: 'Keyboard',
      text: '',
      points: [
        'Tab and Shift+Tab move between controls, Enter or Space presses.',
        'Arrow keys move in tabs and menus, Esc closes menus and dialogs.',
        'Enter on the heading of a column sorts by it.',
      ],
    },
  ],
};
