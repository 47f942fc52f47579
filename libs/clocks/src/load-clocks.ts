import type { Tx } from '@app/platform';
import { ledgerRowsOf, readLedgers } from './clock-ledger.js';
import type { ClockRow } from './clock-row.js';
import type { RuleBook } from './clock-rule.js';
import type { LoadedClock } from './projection.js';

/**
 * Rows with what their ends are derived from. The rows are locked before: rungs are claimed and ledgers written under the lock of their
 * clock, so what is read after it is all there is.
 */
export async function loadClocks(tx: Tx, rules: RuleBook, rows: readonly ClockRow[]): Promise<LoadedClock[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ clock_id }) => clock_id);
  const [known, ledgers, rungs] = await Promise.all([
    rules.read(
      tx,
      rows.map(({ rule_id }) => rule_id),
    ),
    readLedgers(tx, ids),
    tx.query<{ clock_id: string; rung: string }>(
      'select clock_id, rung from clock_rungs where clock_id = any($1::uuid[])',
      [ids],
      'clocks-fired',
    ),
  ]);
  const fired = new Map<string, string[]>();
  for (const { clock_id, rung } of rungs) {
    const those = fired.get(clock_id);
    if (those) those.push(rung);
    else fired.set(clock_id, [rung]);
  }
  return rows.map((row) => ({
    row,
    rule: known.get(row.rule_id)!,
    ledger: ledgerRowsOf(ledgers, row.clock_id),
    fired: fired.get(row.clock_id) ?? [],
  }));
}
