/** How much one file may hold. A file past a limit is refused whole, with what to do. */
export interface TableLimits {
  readonly bytes: number;
  /** Of what is read out of a workbook: a few kilobytes of zip can hold gigabytes. */
  readonly unpackedBytes: number;
  /** Data rows. */
  readonly rows: number;
  readonly columns: number;
  /** Characters of one cell. */
  readonly cell: number;
}

export const DEFAULT_LIMITS: TableLimits = {
  bytes: 20 * 1024 * 1024,
  unpackedBytes: 100 * 1024 * 1024,
  rows: 50_000,
  columns: 200,
  cell: 2_000,
};

/** For the take-over of a county: its whole stock in one file. About one kilobyte of memory a row, for as long as it is read. */
export const LARGE_LIMITS: TableLimits = {
  bytes: 100 * 1024 * 1024,
  unpackedBytes: 256 * 1024 * 1024,
  rows: 200_000,
  columns: 200,
  cell: 2_000,
};
