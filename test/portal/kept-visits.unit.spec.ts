import {
  together,
  toTell,
  unsentOf,
  withMatter,
  withoutMatter,
  type Bag,
  type KeptVisit,
  type MatterRecord,
} from '../../apps/portal/src/device/kept.js';

const record = (done: boolean, of: Partial<MatterRecord> = {}): MatterRecord => ({
  done,
  received: [],
  key: 'a key',
  ...of,
});

/** Somebody with these matters, and what was written down of them. */
function visit(personId: string, cases: readonly string[], written?: KeptVisit['record']): KeptVisit {
  return {
    personId,
    personName: '某*',
    divisionCode: '338801001001',
    place: '某村',
    takenAt: '2026-03-02T00:00:00.000Z',
    matters: cases.map((caseId) => ({
      owner: 'community',
      caseId,
      title: '事项',
      step: 'visit',
      stepTitle: '入户',
      version: 1,
      papers: [],
    })),
    record: written ?? null,
  };
}

const written = (matters: Record<string, MatterRecord>, ready = true): KeptVisit['record'] => ({
  visitedOn: '2026-03-02',
  note: '在家',
  ready,
  matters,
});

const bag = (...visits: KeptVisit[]): Bag => ({ day: '2026-03-02', visits });

describe('what is to be told', () => {
  it('is what was done and written to its end', () => {
    const of = visit('p', ['a', 'b'], written({ a: record(true), b: record(false) }));
    expect(toTell(of, 'a')).toEqual(record(true));
    expect(toTell(of, 'b')).toBeNull();
    expect(unsentOf([of, visit('q', ['c'])])).toBe(1);
  });

  it('is nothing of a draft', () => {
    expect(unsentOf([visit('p', ['a'], written({ a: record(true) }, false))])).toBe(0);
  });
});

describe('a matter that was told', () => {
  it('leaves the others and what was written of them', () => {
    const of = visit('p', ['a', 'b'], written({ a: record(true), b: record(true, { uncertain: true }) }));
    const left = withoutMatter(of, 'a')!;
    expect(left.matters.map(({ caseId }) => caseId)).toEqual(['b']);
    expect(left.record!.matters).toEqual({ b: record(true, { uncertain: true }) });
  });

  it('leaves what could not be done for another time, with nothing written', () => {
    const of = visit('p', ['a', 'b'], written({ a: record(true), b: record(false) }));
    expect(withoutMatter(of, 'a')).toMatchObject({ matters: [{ caseId: 'b' }], record: null });
  });

  it('leaves nothing where it was the last', () => {
    expect(withoutMatter(visit('p', ['a'], written({ a: record(true) })), 'a')).toBeNull();
  });
});

describe('taking along again', () => {
  it('keeps what was written down, and renews what was not', () => {
    const before = bag(visit('p', ['a'], written({ a: record(true) })), visit('q', ['c']), visit('r', ['d']));
    const after = together(before, '2026-03-03', [visit('p', ['a', 'x']), visit('q', ['c', 'e'])]);
    expect(after.day).toBe('2026-03-03');
    expect(after.visits.map(({ personId, matters }) => [personId, matters.length])).toEqual([
      ['p', 1],
      ['r', 1],
      ['q', 2],
    ]);
    expect(after.visits[0]!.record).not.toBeNull();
  });
});

describe('a matter that is told on what stands now', () => {
  it('has the newer version, and others keep theirs', () => {
    const before = bag(
      visit('p', ['a', 'b'], written({ a: record(true), b: record(true) })),
      visit('q', ['c']),
    );
    const after = withMatter(before, 'p', 'a', {
      version: 7,
      record: () => record(true, { key: 'another' }),
    });
    expect(after.visits[0]!.matters.map(({ version }) => version)).toEqual([7, 1]);
    expect(after.visits[0]!.record!.matters['a']!.key).toBe('another');
    expect(after.visits[0]!.record!.matters['b']).toEqual(record(true));
    expect(after.visits[1]).toBe(before.visits[1]);
  });
});
