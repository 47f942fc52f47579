import { Button } from 'antd';
import { useState } from 'react';
import { useColleagues, type CaseKey } from '../../api/cases';
import { ConfirmDialog } from '../../components/input/ConfirmDialog';
import { SelectField } from '../../components/input/SelectField';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { useTexts } from '../../texts/TextsProvider';
import type { Acting } from './useActing';

interface HandOverDialogProps {
  readonly which: CaseKey;
  readonly acting: Acting;
  /** What the button is called among others of its kind. */
  readonly name?: string;
  /** User id of who has it, and need not be given it; absent: oneself. */
  readonly holder?: string;
  onDone?(): void;
}

/** The task goes to a colleague, of those who may do it. */
export function HandOverDialog({ which, acting, name, holder, onDone }: HandOverDialogProps) {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  const [to, setTo] = useState('');
  const [error, setError] = useState<string | null>(null);
  const query = useColleagues(which, open);
  const confirm = async () => {
    if (to === '') return setError(t.case.handOverMissing);
    setError(null);
    const done = await acting.run({ kind: 'hand-over-claim', to });
    setOpen(false);
    if (done) onDone?.();
  };
  return (
    <>
      <Button aria-label={name} size={name ? 'small' : undefined} onClick={() => setOpen(true)}>
        {t.case.handOver}
      </Button>
      <ConfirmDialog
        open={open}
        title={name ?? t.case.handOver}
        confirm={t.case.handOver}
        busy={acting.busy}
        onConfirm={() => void confirm()}
        onCancel={() => setOpen(false)}
      >
        <Loaded query={query} what={t.case.colleagues} lines={2}>
          {({ colleagues }) => {
            const others = colleagues.filter(({ userId }) => userId !== holder);
            return others.length === 0 ? (
              <EmptyState title={t.case.noColleagues} />
            ) : (
              <SelectField
                label={t.case.handOverTo}
                help={t.case.handOverHelp}
                error={error}
                all={t.case.chooseColleague}
                value={to}
                options={others.map(({ userId, name: colleague, unitName }) => ({
                  value: userId,
                  label: t.case.colleague(colleague, unitName),
                }))}
                onChange={setTo}
              />
            );
          }}
        </Loaded>
      </ConfirmDialog>
    </>
  );
}
