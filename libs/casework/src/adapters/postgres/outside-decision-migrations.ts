import type { Migration } from '@app/platform';

/** What is asked of a body that does not work in this system, and what it has decided. */
export const outsideDecisionMigrations: readonly Migration[] = [
  {
    id: 202611301701,
    name: 'add-decisions-from-outside',
    up: () => `
      alter table cases add sent_out jsonb;
      comment on column cases.sent_out is
        'By which list another body was asked to decide, since when (往来名单); null: none. Step and terms do not change by it.';
      alter table case_steps add reported jsonb;
      comment on column case_steps.reported is
        'A decision that another body took outside of this system: body, receipt of the list, day, decider or document, who entered it.';`,
    down: () => `
      alter table case_steps drop reported;
      alter table cases drop sent_out;`,
  },
];
