import { distrustedDelivery, distrustedRosters, notSeen, withRosters, type DeliverySeen } from './trust.js';

const asked = new Set(['aid.dibao']);

describe('rosters of a run', () => {
  it('one that no item asks for is not missed', () => {
    expect(distrustedRosters({}, new Set(['person.age']))).toEqual([]);
  });

  it('one that never came is told, and one of which nothing holds any more', () => {
    expect(distrustedRosters({}, asked)).toMatchObject([
      { source: 'roster:dibao', reason: expect.stringContaining('从未导入') },
    ]);
    const old = { 'roster:dibao': { asOf: '2025-12-31', current: 0 } };
    expect(distrustedRosters(old, asked)).toMatchObject([
      { source: 'roster:dibao', reason: expect.stringContaining('截至 2025-12-31') },
    ]);
    expect(distrustedRosters({ 'roster:dibao': { asOf: '2025-12-31', current: 1 } }, asked)).toEqual([]);
  });

  it('adds up over pages, with the last day that any of them speaks of', () => {
    const first = { 'roster:dibao': { asOf: '2026-01-31', current: 2 } };
    const second = { 'roster:dibao': { asOf: '2025-12-31', current: 1 } };
    expect(withRosters(withRosters({}, first), second)).toEqual({
      'roster:dibao': { asOf: '2026-01-31', current: 3 },
    });
  });
});

describe('delivery to a run', () => {
  const seen = (more: Partial<DeliverySeen> = {}): DeliverySeen => ({
    lag: 0,
    handledAt: '2026-03-02T01:00:00.000Z',
    relays: [],
    elsewhere: [],
    ...more,
  });

  it('is trusted where what was there at the beginning is handled at the end', () => {
    expect(distrustedDelivery(seen(), seen({ lag: 9 }))).toEqual([]);
    expect(distrustedDelivery(seen({ lag: 9 }), seen())).toEqual([]);
  });

  it('is behind by what was there all the time, since it handled something last', () => {
    expect(distrustedDelivery(seen({ lag: 9 }), seen({ lag: 7 }))).toEqual([
      {
        source: 'delivery-lag',
        reason: expect.stringContaining('有 7 条消息到达后没有处理（最近一次处理之后）'),
        since: '2026-03-02T01:00:00.000Z',
        messages: 7,
      },
    ]);
    expect(distrustedDelivery(seen({ lag: 1, handledAt: null }), seen({ lag: 1 }))).toMatchObject([
      { reason: expect.stringContaining('一小时以上没有处理任何消息'), since: null },
    ]);
  });

  it('is not trusted where the log does not answer', () => {
    expect(distrustedDelivery(seen(), seen({ lag: null }))).toMatchObject([
      { source: 'delivery-lag', reason: expect.stringContaining('无法得知') },
    ]);
  });

  it('says of whom facts wait to be published, by how many and since when, but not of seconds', () => {
    const relay = (oldestSeconds: number) => ({
      service: 'registry',
      waiting: { messages: 3, oldestSeconds, since: '2026-03-02T00:00:00.000Z' },
    });
    expect(distrustedDelivery(seen(), seen({ relays: [relay(2)] }))).toEqual([]);
    expect(distrustedDelivery(seen(), seen({ relays: [relay(600)] }))).toMatchObject([
      { source: 'relay:registry', messages: 3, since: '2026-03-02T00:00:00.000Z' },
    ]);
    expect(
      distrustedDelivery(seen(), seen({ relays: [{ service: 'registry', waiting: null }] })),
    ).toMatchObject([{ source: 'relay:registry', reason: expect.stringContaining('无法得知') }]);
  });
});

describe('what turns out not to have been looked at', () => {
  const money = { items: [], month: '2026-02', untold: 0 };

  it('is nothing where all is known', () => {
    const items = [{ itemId: 'club/allowance', zh: '津贴', benefits: 2, through: '2026-02' }];
    expect(notSeen({ elsewhere: [] }, { ...money, items })).toEqual([]);
  });

  it('is money of items that were never paid, or not of late; benefits not told of; services elsewhere', () => {
    const items = [
      { itemId: 'club/allowance', zh: '津贴', benefits: 2, through: null },
      { itemId: 'club/nursing', zh: '护理补贴', benefits: 1, through: '2025-12' },
    ];
    expect(notSeen({ elsewhere: ['registry', 'subsidies'] }, { ...money, items, untold: 4 })).toEqual([
      { what: 'paid:club/allowance', reason: expect.stringMatching(/^“津贴”的 2 项.*还没有发放过/) },
      { what: 'paid:club/nursing', reason: expect.stringContaining('只对账到 2025-12') },
      { what: 'benefits', reason: expect.stringContaining('4 项') },
      { what: 'relay', reason: expect.stringContaining('人员登记、补贴') },
    ]);
  });
});
