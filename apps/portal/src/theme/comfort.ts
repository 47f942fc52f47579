/** How somebody wants the screens to look; kept in this browser. None of it says anything of a person. */
export interface Comfort {
  readonly look: 'system' | 'light' | 'dark' | 'contrast';
  readonly density: 'comfortable' | 'middle' | 'compact';
  readonly language: 'zh' | 'en';
}

export const looks = ['system', 'light', 'dark', 'contrast'] as const;
export const densities = ['comfortable', 'middle', 'compact'] as const;
export const languages = ['zh', 'en'] as const;

const KEY = 'onething-comfort';
const DEFAULT: Comfort = { look: 'system', density: 'middle', language: 'zh' };

const oneOf = <Value extends string>(allowed: readonly Value[], value: unknown, otherwise: Value): Value =>
  allowed.find((each) => each === value) ?? otherwise;

/** What was chosen here before; what cannot be read counts as nothing chosen. */
export function storedComfort(): Comfort {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Record<keyof Comfort, unknown>>;
    return {
      look: oneOf(looks, stored.look, DEFAULT.look),
      density: oneOf(densities, stored.density, DEFAULT.density),
      language: oneOf(languages, stored.language, DEFAULT.language),
    };
  } catch {
    return DEFAULT;
  }
}

export function storeComfort(comfort: Comfort): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(comfort));
  } catch {
    // A browser that keeps nothing: the choice holds until the page is left.
  }
}
