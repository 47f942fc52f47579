import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { aboutPerson, calendarDay, version } from '../values.js';

/**
 * Why somebody may act for a person: `statutory` 法定监护人 (民法典 27, 28), `appointed` 指定监护人 (31), `agent` 委托代理人 (165: with the
 * matters, the powers and the term in writing).
 */
export const representativeKinds = ['statutory', 'appointed', 'agent'] as const;
export type RepresentativeKind = (typeof representativeKinds)[number];

/** What somebody may sign for a person: `all`, or apply, sign for what is served, name the account, decline or withdraw, legal aid. */
export const representedActs = ['all', 'apply', 'receive', 'account', 'decline', 'legal-aid'] as const;
export type RepresentedAct = (typeof representedActs)[number];

/**
 * Who may act for a person, the whole list each time; nobody: it is empty. `version` is of the list, not of the person's file, and after a
 * merge above that of both. Whoever is not in the list has no authority any more.
 */
export const representativesChangedV1 = defineEvent({
  type: 'registry.person.representatives-changed.v1',
  title: 'Who may act for a person, for which acts and until when: the whole list at each change',
  data: z.object({
    ...aboutPerson,
    version,
    representatives: z.array(
      z.object({
        representativeId: z.uuid(),
        kind: z.enum(representativeKinds),
        acts: z.array(z.enum(representedActs)),
        from: calendarDay,
        /** Last day; of a minor's guardian at the latest the day before the eighteenth birthday. Null: until it is ended. */
        until: calendarDay.nullable(),
        /** Keyed blind index of the name: a reader compares with it the name that somebody signs by. */
        nameToken: z.string().min(1),
        /** Of who acts for an organisation, as `nameToken`; absent: a person acts. */
        officerToken: z.string().min(1).optional(),
      }),
    ),
  }),
});
