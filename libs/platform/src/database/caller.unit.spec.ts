import { inReach, type ScopeGrant } from './caller.js';

const grant = (from: string, to: string, unit: string | null = null): ScopeGrant => ({
  token: 'clerk',
  from,
  to,
  unit,
});

const saying = (scope: 'service' | readonly ScopeGrant[]) =>
  inReach({ id: 'u', role: 'clerk', scope }, 'c.place', 3);

describe('what a list says of its caller’s places', () => {
  it('is each place once, by numbered parameters', () => {
    expect(saying([grant('10', '19')])).toEqual({ sql: '(c.place between $3 and $4)', params: ['10', '19'] });
    expect(saying([grant('10', '19'), grant('30', '39'), grant('10', '19')])).toEqual({
      sql: '(c.place between $3 and $4 or c.place between $5 and $6)',
      params: ['10', '19', '30', '39'],
    });
  });

  it('is the range that spans them where they are many', () => {
    const many = Array.from({ length: 30 }, (_, at) => grant(`${20 + at}`, `${20 + at}`));
    expect(saying(many)).toEqual({ sql: '(c.place between $3 and $4)', params: ['20', '49'] });
  });

  it('is nothing for the service and for who sees by placement', () => {
    for (const scope of ['service', [], [grant('10', '19', 'unit')]] as const) {
      expect(saying(scope)).toEqual({ sql: 'true', params: [] });
    }
  });
});
