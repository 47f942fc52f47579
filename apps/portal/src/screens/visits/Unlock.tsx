import { Button } from 'antd';
import { useState } from 'react';
import { ConfirmDialog } from '../../components/input/ConfirmDialog';
import { PasswordField } from '../../components/input/PasswordField';
import { useFieldErrors, WorkForm } from '../../components/input/WorkForm';
import { useAnnounce } from '../../components/page/Announcer';
import { forgetKept } from '../../device/forget';
import { unlock, type KeptSign } from '../../device/vault';
import { useTexts } from '../../texts/TextsProvider';

interface UnlockProps {
  readonly signs: readonly KeptSign[];
  /** Null: nobody is signed in, and the passphrase says whose it is. */
  readonly userId: string | null;
}

/** Asks for the passphrase; whoever has forgotten it can delete what is kept. */
export function Unlock({ signs, userId }: UnlockProps) {
  const t = useTexts();
  const announce = useAnnounce();
  const form = useFieldErrors();
  const [passphrase, setPassphrase] = useState('');
  const [busy, setBusy] = useState(false);
  const [forgetting, setForgetting] = useState(false);
  const open = async () => {
    if (busy) return;
    setBusy(true);
    const vault = await unlock(userId, passphrase);
    setBusy(false);
    if (vault) announce(t.visits.away.unlocked);
    else form.judge([{ field: 'away-passphrase', text: t.visits.away.wrong }]);
  };
  const forget = async () => {
    setForgetting(false);
    for (const sign of signs) await forgetKept(sign.userId);
    announce(t.visits.away.wiped);
  };
  const unsent = signs.reduce((sum, sign) => sum + sign.unsent, 0);
  return (
    <>
      <p>{t.visits.away.locked}</p>
      <WorkForm errors={form.errors} submit={() => void open()}>
        <PasswordField
          id="away-passphrase"
          label={t.visits.away.passphrase}
          error={form.errorOf('away-passphrase')}
          autoComplete="off"
          value={passphrase}
          onChange={setPassphrase}
        />
        <Button type="primary" htmlType="submit" aria-disabled={busy || undefined}>
          {t.visits.away.unlock}
        </Button>
      </WorkForm>
      <Button danger onClick={() => setForgetting(true)}>
        {t.visits.away.forgot}
      </Button>
      <ConfirmDialog
        open={forgetting}
        title={t.visits.away.forgotTitle}
        confirm={t.visits.away.forgotGo}
        danger
        onConfirm={() => void forget()}
        onCancel={() => setForgetting(false)}
      >
        <p>{t.visits.away.forgotText(unsent)}</p>
      </ConfirmDialog>
    </>
  );
}
