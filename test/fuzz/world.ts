import type { Route } from '../access/routes.js';
import type { Stage } from '../access/stage.js';

/** A user of the fuzzer, with a token that is good for some minutes. */
export interface FuzzUser {
  readonly name: string;
  readonly token: string;
}

/** What the process of the house tells the fuzzer once it can be asked. */
export interface World {
  readonly url: string;
  readonly routes: readonly Route[];
  readonly stage: Stage;
  readonly users: readonly FuzzUser[];
}

/** Numbers of nobody, sent through every door; none of them may come out in a log. */
export const CANARIES = {
  identityNumber: '338801197304058814',
  cardNumber: '33880119730405881442',
  phone: '19912345678',
  address: '示范县金丝雀路九十九号',
  account: '6222021001112223334',
} as const;

export type FromHouse =
  | { readonly kind: 'ready'; readonly world: World }
  | { readonly kind: 'users'; readonly users: readonly FuzzUser[] };

export type ToHouse = { readonly kind: 'renew' } | { readonly kind: 'stop' };
