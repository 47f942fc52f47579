import { useTexts } from '../../texts/TextsProvider';
import { DoorForm } from './DoorForm';

interface RecoveryCodesProps {
  readonly codes: readonly string[];
  kept(): Promise<unknown>;
}

/** Shown once: with each of them somebody gets in once without the authenticator. */
export function RecoveryCodes({ codes, kept }: RecoveryCodesProps) {
  const t = useTexts();
  return (
    <DoorForm
      later
      title={t.signIn.recoveryCodes}
      intro={<p>{t.signIn.recoveryCodesHelp}</p>}
      action={t.signIn.keptCodes}
      send={kept}
    >
      <ul className="recovery-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
    </DoorForm>
  );
}
