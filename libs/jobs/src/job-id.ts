/** A job id that BullMQ would refuse or misread: it splits on colons, and takes an integer for one of its own. */
export class JobIdNotUsable extends Error {
  constructor(id: string) {
    super(`job id "${id}" is not usable: no colon, not an integer, 1 to 200 characters`);
    this.name = 'JobIdNotUsable';
  }
}

/** The id of the job that a fact causes: the same fact twice adds one job. */
export function jobIdOf(eventId: string, purpose: string): string {
  return checkedJobId(`${eventId}-${purpose}`);
}

/** @throws JobIdNotUsable */
export function checkedJobId(id: string): string {
  if (id.length === 0 || id.length > 200 || id.includes(':') || /^\d+$/.test(id))
    throw new JobIdNotUsable(id);
  return id;
}
