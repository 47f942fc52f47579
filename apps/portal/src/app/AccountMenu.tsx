import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useSessionActions, type Me } from '../api/session';
import { ConfirmDialog } from '../components/input/ConfirmDialog';
import { MenuButton } from '../components/page/MenuButton';
import { unsentHere } from '../device/forget';
import { routes } from '../routes';
import { useTexts } from '../texts/TextsProvider';

/** Who is signed in, and the way out. */
export function AccountMenu({ me }: { readonly me: Me }) {
  const t = useTexts();
  const navigate = useNavigate();
  const { end } = useSessionActions();
  const [unsent, setUnsent] = useState(0);
  const signOut = async () => {
    setUnsent(0);
    await navigate(routes.signIn, { replace: true });
    await end();
  };
  const leave = async () => {
    const here = await unsentHere(me.userId).catch(() => 0);
    if (here > 0) setUnsent(here);
    else await signOut();
  };
  return (
    <>
      <MenuButton
        label={t.session.account(me.name)}
        type="text"
        groups={[
          {
            name: me.posts.map(({ title }) => title).join('、') || t.session.noPosts,
            entries: [{ key: 'sign-out', label: t.session.signOut, run: () => void leave() }],
          },
        ]}
      >
        {me.name}
      </MenuButton>
      <ConfirmDialog
        open={unsent > 0}
        title={t.visits.leave.title}
        confirm={t.visits.leave.go}
        cancel={t.visits.leave.stay}
        danger
        onConfirm={() => void signOut()}
        onCancel={() => setUnsent(0)}
      >
        <p>{t.visits.leave.text(unsent)}</p>
      </ConfirmDialog>
    </>
  );
}
