/** The town and the village in which everything on the stage lies, and a village beside it where nothing does. */
export const TOWN = { from: '338801001000', to: '338801001999' } as const;
export const VILLAGE = '338801001001';
export const NEIGHBOUR = { from: '338801001002', to: '338801001002' } as const;
/** The county of all of these. */
export const COUNTY = { from: '338801000000', to: '338801999999' } as const;
