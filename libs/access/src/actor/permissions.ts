import { portalRoles, type Role } from './roles.js';

/** The federation's own line, from the county to the village: who looks at files, with masked names. */
const federationLine = [
  'federation-lead',
  'card-officer',
  'benefit-officer',
  'rehab-officer',
  'care-officer',
  'employment-officer',
  'education-officer',
  'rights-officer',
  'accessibility-officer',
  'data-officer',
  'township-chair',
  'commissioner',
  'village-liaison',
] as const satisfies readonly Role[];

/** Who registers people, households and guardians, and reports deaths: the line from the village to the county counter. */
const registrars = [
  'card-officer',
  'data-officer',
  'township-chair',
  'commissioner',
  'village-liaison',
] as const satisfies readonly Role[];

/** Who takes back what is on file: not the village, whose statements these often are. */
const correctors = [
  'card-officer',
  'data-officer',
  'benefit-officer',
  'township-chair',
] as const satisfies readonly Role[];

/** Who serves people that are placed with their unit. Not those who judge without meeting them, and not the assessor, who has the application. */
const providers = [
  'rehab-provider',
  'care-provider',
  'home-service-provider',
  'family-doctor',
  'device-point',
  'school',
  'employer',
  'employment-counsellor',
  'training-provider',
  'legal-provider',
  'mediator',
  'volunteer-station',
  'volunteer',
  'social-organisation',
  'interpreter-desk',
] as const satisfies readonly Role[];

/** Who keeps the machine and its accounts has no business with people's matters. */
const keepers: readonly Role[] = ['system-admin', 'security-admin', 'auditor', 'operator'];

const everyone: readonly Role[] = portalRoles;
const businessRoles: readonly Role[] = portalRoles.filter((role) => !keepers.includes(role));

const table = {
  'person:read': federationLine,
  'person:register': registrars,
  'person:correct': correctors,
  /** Reading one field of a person in clear, with a purpose, on the record. */
  'person:reveal': [
    ...registrars,
    'federation-lead',
    'benefit-officer',
    'rehab-officer',
    'care-officer',
    'employment-officer',
    'education-officer',
    'rights-officer',
    'accessibility-officer',
  ],
  /** What an institution sees of who is placed with it: the file without numbers, facts and address. */
  'person:read-placed': providers,
  /** Name and telephone of who is placed with the own unit, with a purpose, on the record. */
  'person:reveal-placed': providers,
  /** Whose numbers were read in clear, when, by whom and why. */
  'person:reads': federationLine,
  /** A household registration has moved. */
  'person:move': ['card-officer', 'data-officer', 'township-chair', 'commissioner'],
  'person:record-death': registrars,
  'person:withdraw-death': correctors,
  'household:register': registrars,
  'household:read': federationLine,
  'guardian:record': registrars,
  /** The registrars, and the officers whose work brings facts to light. */
  'fact:record': [
    ...registrars,
    'benefit-officer',
    'rehab-officer',
    'care-officer',
    'employment-officer',
    'education-officer',
    'rights-officer',
    'accessibility-officer',
  ],
  'fact:withdraw': correctors,
  /** By which channel a person is told something, and whom to tell. Whoever learns it while working with the person. */
  'contact:record': [
    ...registrars,
    'benefit-officer',
    'rehab-officer',
    'care-officer',
    'employment-officer',
    'education-officer',
    'rights-officer',
    'accessibility-officer',
  ],
  /** Who stands beside the person in village and township, prints what is told on paper and hands it over. */
  'letter:deliver': ['village-liaison', 'commissioner', 'township-chair'],
  /** Whole rosters; a member unit only those of its own department. */
  'roster:import': ['data-officer', 'card-officer', 'member-unit'],

  'card:read': ['card-officer', 'federation-lead'],
  /** Reading the number of a card in clear, with a purpose, on the record. */
  'card:reveal': ['card-officer', 'federation-lead'],
  /** Who read the number of a card in clear, when and why. */
  'card:reads': ['card-officer', 'federation-lead'],
  'card:change': ['card-officer', 'federation-lead'],
  'card:regrade': ['federation-lead'],
  'card:correct': ['federation-lead'],
  'card:import': ['card-officer', 'data-officer'],
  'application:submit': ['card-officer'],
  'application:read': ['card-officer', 'federation-lead', 'assessor'],
  'application:handle': ['card-officer'],
  'application:assess': ['assessor'],
  'application:settle': ['card-officer', 'federation-lead'],
  'application:decide': ['federation-lead', 'card-officer'],

  'chain:read': federationLine,
  'catalogue:read': everyone,
  /** Who answers for a place, and who keeps its data in order. */
  'reconciliation:run': ['federation-lead', 'data-officer', 'township-chair'],
  'gap:read': federationLine,
  /** Who stands over those who look after it. */
  'gap:release': ['federation-lead', 'township-chair'],
  /** Who can be its owner: the officer of the item, or who stands beside the person. */
  'gap:answer': [
    'card-officer',
    'benefit-officer',
    'rehab-officer',
    'employment-officer',
    'rights-officer',
    'accessibility-officer',
    'care-officer',
    'township-chair',
    'commissioner',
    'village-liaison',
  ],

  'case:read': businessRoles,
  'case:work': businessRoles,
  /** Who has what in hand, and what is late: those who answer for a place, and may give a task that one has to another. */
  'work:supervise': ['federation-lead', 'township-chair'],
  /** Giving a case to the institution, school or station that does its next steps. */
  'case:place': [
    'benefit-officer',
    'rehab-officer',
    'care-officer',
    'employment-officer',
    'education-officer',
    'rights-officer',
    'accessibility-officer',
    'card-officer',
    'township-chair',
    'federation-lead',
  ],
  /** Opening a file that a rule keeps closed (died, moved away, protected), with a purpose. */
  'file:open-closed': ['federation-lead', 'data-officer'],
  /** Those who receive, review, decide and pay it, and who answers for them. */
  'benefit:read': [
    'benefit-officer',
    'federation-lead',
    'data-officer',
    'township-chair',
    'commissioner',
    'village-liaison',
    'member-unit',
  ],
  /** To which account somebody is paid: who sees the benefit. */
  'payee:read': [
    'benefit-officer',
    'federation-lead',
    'data-officer',
    'township-chair',
    'commissioner',
    'village-liaison',
    'member-unit',
  ],
  /** Who stands beside the person and has the passbook before them. */
  'payee:enter': ['benefit-officer', 'township-chair', 'commissioner', 'village-liaison'],
  /** A second person, from the township on; never who entered it. Of the member units those that decide and pay. */
  'payee:confirm': ['benefit-officer', 'township-chair', 'member-unit'],
  /** What is to be looked at before money goes out. */
  'payee:check': ['benefit-officer', 'federation-lead', 'data-officer', 'township-chair', 'member-unit'],

  /** Runs with their lines and what is on their lists. */
  'pay-run:read': ['benefit-officer', 'federation-lead', 'data-officer', 'member-unit'],
  /** Who prepares a run: the federation or civil affairs, as the county divides it. */
  'pay-run:plan': ['benefit-officer', 'member-unit'],
  /** Who looks at what the checks found: a person is paid, or taken out of the run. */
  'pay-run:check': ['benefit-officer', 'federation-lead', 'member-unit'],
  /** A second person, who answers for it; never who prepared it. */
  'pay-run:approve': ['federation-lead', 'member-unit'],
  /** Staff and their relatives as declared to the federation: who answers for it, and who keeps the county's lists. */
  'declaration:read': ['federation-lead', 'data-officer'],
  'declaration:keep': ['federation-lead', 'data-officer'],
  /** The file for the payer of money, with account numbers in the clear, and its answer. */
  'pay-run:export': ['benefit-officer', 'member-unit'],
  /** A county that goes live: its lists, what was found in them, and who signed the first run's difference. */
  'take-over:read': ['benefit-officer', 'federation-lead', 'data-officer', 'member-unit'],
  /** Sends the lists, loads them, and takes them back while nothing was decided on them. */
  'take-over:load': ['data-officer'],
  /** A supervisor, who answers for what is missing or contradictory. */
  'take-over:release': ['federation-lead'],
  /** Whoever looks at an open case of the old office, so that its terms count. */
  'take-over:look': ['benefit-officer', 'federation-lead'],
  /** Two of these sign what the first run pays otherwise than the old list. */
  'take-over:sign': ['benefit-officer', 'federation-lead', 'member-unit'],
  /** Lists by which a body that does not work here is asked to decide, and what it has answered. */
  'decision-list:read': ['benefit-officer', 'federation-lead', 'data-officer'],
  /** Sends lists out, enters what comes back, and takes cases off a list. */
  'decision-list:keep': ['benefit-officer'],
  /** A second person, who answers for it that this is what the body has decided. */
  'decision-list:confirm': ['benefit-officer', 'federation-lead'],
  /** What was paid and is not owed: who sees the benefit from the township on. */
  'overpayment:read': ['benefit-officer', 'federation-lead', 'data-officer', 'township-chair', 'member-unit'],
  /** Who agrees with the person how it comes back, takes it, or proposes to let it be. */
  'overpayment:recover': ['benefit-officer', 'township-chair', 'member-unit'],
  /** A second person, who answers for it. */
  'overpayment:waive': ['federation-lead', 'member-unit'],
  /** How payers of money want their files. */
  'bank-format:keep': ['benefit-officer', 'member-unit'],

  /** Reminders and escalations that are addressed to oneself, or to one's role in its place. */
  'own-notice:read': everyone,
  /** Who is told, beside those whom the item names: those who answer for the terms of a place, and who keeps its data in order. */
  'escalation-rule:read': ['federation-lead', 'data-officer'],
  'escalation-rule:write': ['federation-lead', 'data-officer'],

  /** The tree is no secret among those who work in it. */
  'unit:read': everyone,
  'unit:keep': ['system-admin'],
  /** What is in force is no secret; it moves terms, but decides none. */
  'calendar:read': everyone,
  'calendar:publish': ['system-admin'],
  'account:read': ['system-admin', 'security-admin'],
  'account:keep': ['system-admin'],
  'account:lock': ['security-admin'],
  /** Whoever may take the posts of the account; the sensitive ones are the security administrator's. */
  'account:leave': ['system-admin', 'security-admin'],
  'post:give': ['system-admin', 'security-admin'],
  'deputy:name': ['security-admin'],
  /** Who acts for oneself. */
  'own-deputy:name': everyone,

  /** Who stands over those who act; never an administrator of the system. */
  'audit:read': ['auditor', 'federation-lead', 'township-chair'],
  /** What is due to be deleted by its age, and the proofs of what was. */
  'retention:read': ['federation-lead', 'data-officer', 'auditor'],
  /** The other two eyes beside the nightly job: who answers for the county's files. */
  'retention:approve': ['federation-lead'],
  /** What was deleted for its age and archived before (调档). */
  'retention:open': ['federation-lead'],
  'delivery:operate': ['operator'],
  /** The keys that sign users' tokens between services. */
  'signing-key:rotate': ['security-admin'],
  /** Whoever has lost the authenticator gets another one. Not of those who give activation codes: nobody alone takes an account over. */
  'second-factor:reset': ['security-admin'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;

export type Permission = keyof typeof table;

/**
 * Which roles may do what: `<resource>:<verb>`. It says nothing about the place: that is the reach of the role (`actingAs`, row-level
 * security). Where an item says who does a step of its cases, the item decides among the roles named here.
 * Source: the duties of the roles that the five county plans name, and 国发〔2015〕52号 for who receives, reviews and decides the two subsidies.
 */
export const permissions: Readonly<Record<Permission, readonly Role[]>> = table;

/** What a role may do anywhere in its reach. */
export function permissionsOf(role: Role): Permission[] {
  return (Object.keys(permissions) as Permission[]).filter((permission) =>
    permissions[permission].includes(role),
  );
}
