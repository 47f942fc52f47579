import { useEffect } from 'react';
import { Navigate, Outlet, useLocation, useNavigate } from 'react-router';
import { onSignedOut } from '../api/client';
import { isProblem } from '../api/problem';
import { useMe } from '../api/session';
import { Failure } from '../components/state/Failure';
import { Skeleton } from '../components/state/Skeleton';
import { signInAt } from '../routes';
import { useTexts } from '../texts/TextsProvider';

/** Pages for whoever is signed in; everybody else signs in first, and comes back to where they wanted to go. */
export function SignedIn() {
  const t = useTexts();
  const me = useMe();
  const navigate = useNavigate();
  const { pathname, search } = useLocation();
  const here = signInAt(pathname + search);

  useEffect(() => onSignedOut(() => void navigate(here, { replace: true })), [navigate, here]);

  if (me.data) return <Outlet />;
  if (isProblem(me.error, 401)) return <Navigate to={here} replace />;
  if (me.error) return <Failure error={me.error} what={t.session.who} retry={() => void me.refetch()} />;
  return <Skeleton />;
}
