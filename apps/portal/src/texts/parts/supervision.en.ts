import type { Texts } from '../zh';

export const supervision: Texts['supervision'] = { unknownTime: 'an unknown time' };

export const deadlines: Texts['deadlines'] = {
  title: 'Deadlines',
  tabsLabel: 'How to look at it',
  tabs: { units: 'By place', items: 'By item', list: 'Case by case' },
  summary: 'Terms of the open cases',
  standings: {
    overdue: 'Overdue',
    'promise-passed': 'Promise passed (not by law)',
    today: 'Due today',
    week: 'Due within seven days',
    later: 'Due later',
    paused: 'Paused',
    unknown: 'No term by law',
  },
  count: (standing, count) => `${standing}: ${count}`,
  countOf: (name, standing, count) => `${name}, ${standing}: ${count}`,
  explained: (day) =>
    `Counted by the nearest term of each case, every case once; seven days run until ${day}. What has no term is never overdue.`,
  all: 'All',
  levels: { county: 'County', town: 'Township', village: 'Village' },
  allPlaces: 'All places',
  captions: {
    units: (rows) => `Open cases by place, ${rows} places, most overdue first`,
    items: (rows) => `Open cases by item, ${rows} items, most overdue first`,
  },
  none: 'There are no open cases.',
  listCaption: (total) => `Open cases, ${total}, the nearest term first`,
  position: (shown) => `${shown} on this page`,
};

export const workload: Texts['workload'] = {
  title: 'Workload',
  tabsLabel: 'Claimed and unclaimed',
  tabs: { holders: 'Claimed', waiting: 'Unclaimed' },
  waitsFor: 'Waits for',
  nothingToDo: 'Nothing is to be done',
  heldBy: (name, since) => `${name}, since ${since}`,
  given: 'Handed over; the list follows',
  handOverOf: (person, title) => `Hand over: ${person}, ${title}`,
  casesOf: (name) => `Cases that ${name} has in hand`,
  waitingOf: (who, place) => `Cases that wait for ${who} in ${place}`,
  noHolders: 'Nobody has claimed a case, and nothing was done within thirty days.',
  noWaiting: 'No case waits to be claimed.',
  doneNone: 'Nothing was done within thirty days.',
  doneSince: (day) =>
    `Done are steps and decisions, today included; the first on record is of ${day}, and nothing before is counted.`,
  holderCaption: (people) => `Work by person, ${people} persons, most overdue first`,
  who: 'Name',
  posts: 'Posts',
  noPost: 'No present post',
  open: 'In hand',
  show: (count) => `${count}, show`,
  showOf: (name, count) => `${count}, show the cases of ${name}`,
  near: 'Due within seven days',
  oldest: 'First claimed',
  nothing: 'Nothing in hand',
  doneWeek: 'Done in 7 days',
  doneMonth: 'Done in 30 days',
  waitingCaption: (rows) => `Unclaimed cases by post and place, ${rows} groups`,
  whoMay: 'Who may do it',
  unclaimed: 'Unclaimed',
  showWaitingOf: (who, place, count) => `${count}, show the cases that wait for ${who} in ${place}`,
  opened: 'First opened',
  gone: 'There are no such cases now.',
  close: 'Close',
};

export const stuck: Texts['stuck'] = {
  title: 'Stuck chains',
  tabsLabel: 'Why it does not move',
  kinds: {
    unanswered: 'Service has not answered',
    'missing-fact': 'Facts are missing',
    'other-benefit': 'Waits for another item',
    parked: 'Message not handled',
  },
  counted: (kind, count) => `${kind} ${count}`,
  explained: {
    unanswered:
      'Begun before today, and the service that owns it has not said a word. Urge it; if it is down, ask the operators.',
    'missing-fact':
      'Without these facts nobody can tell whether the person is entitled. The village liaison asks for them.',
    'other-benefit': 'What is missing will be known once another item is decided. Urge that one first.',
    parked:
      'A message was not handled, and later ones of the same person wait behind it, so the chain may be incomplete. Operators deal with it.',
  },
  none: {
    unanswered: 'Every service has answered.',
    'missing-fact': 'No facts are missing.',
    'other-benefit': 'Nothing waits for another item.',
    parked: 'No message is unhandled.',
  },
  caption: (kind, rows) => `${kind}, ${rows} on this page`,
  position: (rows) => `${rows} on this page`,
  what: 'What is stuck',
  titleOf: ({ en }) => en,
  wholeChain: 'The whole chain',
  why: 'Why',
  openUnanswered: 'Begun, and not answered',
  stopUnanswered: 'Proposed to stop, and not answered',
  facts: (count) => `${count} facts are missing`,
  factOfOther: 'Known once another item is decided',
  messages: (count) => `${count} messages are not handled`,
  since: 'Since',
  sinceUnknown: 'Not known',
  owner: 'Who must act',
  caseOf: ({ en }) => `Case: ${en}`,
  noCase: 'No case yet',
};
