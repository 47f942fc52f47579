import type { RegionCatalogue } from '@app/catalogue';

const known = new WeakMap<RegionCatalogue, ReadonlySet<string>>();

/** The names of all facts that the items in force somewhere ask for. */
export function factsAskedFor(region: RegionCatalogue): ReadonlySet<string> {
  let facts = known.get(region);
  if (!facts) {
    facts = new Set();
    for (const { conditions, exclusions } of region.items)
      collect([conditions, exclusions], facts as Set<string>);
    known.set(region, facts);
  }
  return facts;
}

function collect(node: unknown, into: Set<string>): void {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === 'fact' && typeof value === 'string') into.add(value);
    else collect(value, into);
  }
}
