/** By what a payment is known to the bank: the run and the line, unique over all files that were ever handed over. */
export function referenceOf(runNo: number, lineNo: number): string {
  return `${String(runNo).padStart(6, '0')}-${String(lineNo).padStart(7, '0')}`;
}

/** The line that a reference names in this run; null: it is another run's, or no reference of ours. */
export function lineOfReference(reference: string, runNo: number): number | null {
  const [, run, line] = /^(\d{6,15})-(\d{7,10})$/.exec(reference) ?? [];
  return run !== undefined && Number(run) === runNo ? Number(line) : null;
}
