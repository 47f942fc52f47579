import type { itemOpenedV1, itemStopProposedV1, itemStopWithdrawnV1, EventDefinition } from '@app/contracts';

type DataOf<Definition> = Definition extends EventDefinition<infer Data> ? Data : never;

export type ItemOpened = DataOf<typeof itemOpenedV1>;
export type ItemStopProposed = DataOf<typeof itemStopProposedV1>;
export type ItemStopWithdrawn = DataOf<typeof itemStopWithdrawnV1>;
