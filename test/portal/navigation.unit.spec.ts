import { navigationOf } from '../../apps/portal/src/app/navigation.js';

const permissions = ['case:work', 'pay-run:read', 'take-over:read'];
const namesFor = (...posts: { role: string; department: string | null }[]) =>
  navigationOf({ permissions, posts }).map(({ name }) => name);
const unit = (department: string) => ({ role: 'member-unit', department });

it('leads to money only those member units that decide about it or pay it', () => {
  const all = ['home', 'queue', 'visits', 'payRuns', 'takeOvers'];
  expect(namesFor(unit('civil-affairs'))).toEqual(all);
  expect(namesFor(unit('finance'))).toEqual(all);
  expect(namesFor(unit('human-resources'))).toEqual(['home', 'queue', 'visits']);
  // Two posts, of which one has to do with it.
  expect(namesFor(unit('human-resources'), unit('finance'))).toEqual(all);
  expect(namesFor({ role: 'federation-lead', department: null })).toEqual(all);
});

it('leads nowhere that a permission is missing for', () => {
  const names = navigationOf({ permissions: [], posts: [unit('finance')] }).map(({ name }) => name);
  expect(names).toEqual(['home']);
});
