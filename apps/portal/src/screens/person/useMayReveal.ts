import { useMe } from '../../api/session';

/** Of whom is placed with one's institution only the name and the telephone may be read in the clear. */
export function useMayReveal(): (field: string) => boolean {
  const { data: me } = useMe();
  const may = (permission: string) => me?.permissions.includes(permission) ?? false;
  return (field) =>
    may('person:reveal') || (may('person:reveal-placed') && (field === 'name' || field === 'phone'));
}
