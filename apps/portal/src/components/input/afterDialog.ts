/**
 * Does something when the dialog that is being closed has let go of the focus: what it was opened from may go away with what was done,
 * and would take the focus with it.
 */
export const afterDialog = (what: () => void): void => {
  requestAnimationFrame(() => requestAnimationFrame(what));
};
