import type { RetainedRecords } from './retained-records.js';
import type { RetentionRule } from './retention-rules.js';

/**
 * From-clause `due (file_id, object_id, ended_on, bytes)`: files whose time is over on a day and that nothing holds: linked, of the class, of a case that ended so many years ago, that is neither
 * open again nor challenged, of nobody protected; and not to be kept longer by the service's own word.
 * Parameters: `$1` class, `$2` years, `$3` the day.
 * @param standing what the service says of its cases
 */
export function dueFiles(standing: string): string {
  return `(select f.file_id, f.object_id, s.ended_on, o.bytes
    from files f join file_objects o using (object_id) join (${standing}) s on s.case_id = f.case_id
    where f.retention_class = $1 and f.linked_at is not null
      and s.held is null and s.ended_on is not null and s.ended_on + make_interval(years => $2::int) < $3::date
      and not ('protected' = any(f.closed_for)) and (f.retain_until is null or f.retain_until < $3::date)) due`;
}

/** The same of records that are no files: each is its own content. Parameters and columns as of `dueFiles`. */
export function dueRecords({ class: name, sql }: RetainedRecords): string {
  return `(select r.record_id as file_id, r.record_id as object_id, r.ended_on, r.bytes from (${sql}) r
    where $1::text = '${name}' and r.held is null and r.ended_on is not null
      and r.ended_on + make_interval(years => $2::int) < $3::date) due`;
}

/** Of one class of records: how many there are, and what holds them. */
export function recordsOf({ class: name, sql }: RetainedRecords): string {
  return `select '${name}' as class, count(*)::int as files, coalesce(sum(r.bytes), 0)::float8 as bytes, 0 as without_case,
      (count(*) filter (where r.held = 'open' or (r.held is null and r.ended_on is null)))::int as of_open_cases,
      (count(*) filter (where r.held = 'challenged'))::int as challenged,
      (count(*) filter (where r.held = 'protected'))::int as protected
    from (${sql}) r having count(*) > 0`;
}

/** Per class: how many there are, of which cases, and what holds them. */
export function classesOf(standing: string): string {
  return `select f.retention_class as class, count(*)::int as files, coalesce(sum(o.bytes), 0)::float8 as bytes,
      (count(*) filter (where f.case_id is null))::int as without_case,
      (count(*) filter (where f.case_id is not null and (s.case_id is null or s.held = 'open' or (s.held is null and s.ended_on is null))))::int as of_open_cases,
      (count(*) filter (where s.held = 'challenged'))::int as challenged,
      (count(*) filter (where 'protected' = any(f.closed_for)))::int as protected
    from files f join file_objects o using (object_id) left join (${standing}) s on s.case_id = f.case_id
    where f.linked_at is not null group by 1 order by 1`;
}

/** SHA-256 over ids in order, joined by commas: anybody can compute it again. */
export function idsHash(column: string): string {
  return `encode(sha256(convert_to(string_agg(${column}::text, ',' order by ${column}), 'UTF8')), 'hex')`;
}

/** What the retention of a service shows of one class. Of records that are no files, `files` counts the records. */
export interface ClassReport {
  readonly class: string;
  readonly files: number;
  readonly bytes: number;
  readonly withoutCase: number;
  readonly ofOpenCases: number;
  readonly challenged: number;
  readonly protected: number;
  /** Null: the place has settled no period, and nothing of the class is ever deleted. */
  readonly rule: RetentionRule | null;
}
