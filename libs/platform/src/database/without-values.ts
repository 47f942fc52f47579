import pg from 'pg';

/**
 * PostgreSQL's errors quote what it could not keep ("value … is out of range", "Key (…)=(…) already exists"): people's numbers among it. What
 * a log, a parked message or an answer may hold of one is its code and what it names of the schema.
 */
export function withoutValues(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  // Class 22 is about values, and so is every quoted text of another class that is not a name of the schema.
  if (error.code?.startsWith('22') || error.code === '42601') {
    error.message = `a value could not be used (${error.code})`;
    error.stack = error.stack?.replace(/^.*(?=\n\s+at )/s, `${error.name}: ${error.message}`);
  }
  error.detail = undefined;
  error.where = undefined;
  error.internalQuery = undefined;
  return error;
}
