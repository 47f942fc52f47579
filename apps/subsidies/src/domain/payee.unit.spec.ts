import { Sensitive } from '@app/access';
import {
  confirmPayee,
  enterPayee,
  readAccountNumber,
  refusePayee,
  withdrawPayee,
  type PayeeAccount,
} from './payee.js';
import {
  AccountNotAsEntered,
  AccountNumberNotPossible,
  PayeeChanged,
  PayeeFourEyes,
  PayeeNotPending,
  PayeeOver,
  ProofEnded,
} from './payee-errors.js';

const TODAY = '2026-03-31';
const liaison = { id: 'liaison', role: 'village-liaison' };
const chair = { id: 'chair', role: 'township-chair' };

function entered(changes: Partial<PayeeAccount> = {}): PayeeAccount {
  const account = enterPayee(
    {
      id: 'a1',
      personId: 'p1',
      holder: 'self',
      holderName: new Sensitive('name', '王小明'),
      proof: null,
      bank: '某银行',
      token: 't1',
      enteredBy: liaison,
    },
    TODAY,
  );
  return { ...account, ...changes };
}
const paid = (changes: Partial<PayeeAccount> = {}) =>
  entered({ id: 'a0', status: 'confirmed', token: 't0', version: 2, ...changes });
const seen = { by: chair, version: 1, token: 't1' };
const mother = { relation: '母亲', reference: '户口簿', validUntil: TODAY };

describe('an account number', () => {
  it('is its digits, however it is written', () => {
    expect(readAccountNumber('６２２２ 0000-1234 ')).toBe('622200001234');
  });

  it.each(['12345', '6222A00000', '', '1'.repeat(33)])('is not %p', (written) => {
    expect(() => readAccountNumber(written)).toThrow(AccountNumberNotPossible);
  });
});

describe('an account that was entered', () => {
  it('is confirmed by a second person, and the first one of a person is held for no month', () => {
    expect(confirmPayee(entered(), null, seen, TODAY)).toEqual([
      entered({ status: 'confirmed', heldUntilMonth: null, replaces: null, version: 2 }),
    ]);
  });

  it('is confirmed neither by who entered it nor by their deputy', () => {
    const deputy = { ...chair, onBehalfOf: 'liaison' };
    for (const by of [liaison, deputy]) {
      expect(() => confirmPayee(entered(), null, { ...seen, by }, TODAY)).toThrow(PayeeFourEyes);
    }
  });

  it('is not confirmed with another number, at another version, or a second time', () => {
    expect(() => confirmPayee(entered(), null, { ...seen, token: 't2' }, TODAY)).toThrow(AccountNotAsEntered);
    expect(() => confirmPayee(entered(), null, { ...seen, version: 2 }, TODAY)).toThrow(PayeeChanged);
    expect(() => confirmPayee(paid(), null, { ...seen, version: 2 }, TODAY)).toThrow(PayeeNotPending);
  });

  it('replaces the one that was paid, and is held for the month in which it is confirmed', () => {
    expect(confirmPayee(entered(), paid(), seen, TODAY)).toMatchObject([
      { id: 'a0', status: 'replaced', version: 3 },
      { id: 'a1', status: 'confirmed', replaces: 'a0', heldUntilMonth: '2026-03' },
    ]);
  });

  it('is held too if the one before was withdrawn first', () => {
    expect(confirmPayee(entered(), paid({ status: 'withdrawn' }), seen, TODAY)).toMatchObject([
      { id: 'a1', heldUntilMonth: '2026-03' },
    ]);
  });

  it('is not held when only the proof is new, and is when the holder is another', () => {
    const guardian = { holder: 'guardian', proof: mother } as const;
    const held = (before: Partial<PayeeAccount>) =>
      confirmPayee(entered(guardian), paid({ token: 't1', ...before }), seen, TODAY).at(-1)!.heldUntilMonth;
    expect(held(guardian)).toBeNull();
    expect(held({ holder: 'self' })).toBe('2026-03');
    expect(held({ ...guardian, holderName: new Sensitive('name', '李某') })).toBe('2026-03');
  });

  it('needs a proof that counts, on its last day too', () => {
    const guardian = entered({ holder: 'guardian', proof: mother });
    expect(enterPayee(guardian, TODAY)).toMatchObject({ status: 'pending' });
    expect(() => enterPayee(guardian, '2026-04-01')).toThrow(ProofEnded);
    expect(() => confirmPayee(guardian, null, seen, '2026-04-01')).toThrow(ProofEnded);
  });

  it('is refused while it waits', () => {
    expect(refusePayee(entered(), 1)).toMatchObject({ status: 'refused', version: 2 });
    expect(() => refusePayee(entered(), 2)).toThrow(PayeeChanged);
    expect(() => refusePayee(paid(), 2)).toThrow(PayeeNotPending);
  });
});

it('an account is withdrawn while it waits or is paid, and then is over', () => {
  expect(withdrawPayee(entered(), 1)).toMatchObject({ status: 'withdrawn', version: 2 });
  expect(withdrawPayee(paid(), 2)).toMatchObject({ status: 'withdrawn', version: 3 });
  expect(() => withdrawPayee(paid(), 1)).toThrow(PayeeChanged);
  expect(() => withdrawPayee(paid({ status: 'replaced' }), 2)).toThrow(PayeeOver);
});
