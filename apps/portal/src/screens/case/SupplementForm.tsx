import { Button, Input } from 'antd';
import { useState } from 'react';
import { useCatalogue, type CaseDetail } from '../../api/cases';
import { ConfirmDialog } from '../../components/input/ConfirmDialog';
import { Field } from '../../components/input/Field';
import { useTexts } from '../../texts/TextsProvider';
import { materialTitleOf } from './materialTitles';
import type { Acting } from './useActing';

/** Everything that is missing, told to the person at once (一次性告知). */
export function SupplementForm({ detail, acting }: { readonly detail: CaseDetail; readonly acting: Acting }) {
  const t = useTexts();
  const { data: catalogue } = useCatalogue(detail.divisionCode);
  const [open, setOpen] = useState(false);
  const [note, setNote] = useState('');
  const ask = async () => {
    await acting.run({ kind: 'supplement', note: note.trim() || undefined });
    setOpen(false);
  };
  return (
    <div className="buttons">
      <Button onClick={() => setOpen(true)}>{t.supplement.open}</Button>
      <ConfirmDialog
        open={open}
        title={t.supplement.title}
        confirm={t.supplement.confirm}
        busy={acting.busy}
        onConfirm={() => void ask()}
        onCancel={() => setOpen(false)}
      >
        <p>{t.supplement.intro}</p>
        <ul>
          {detail.missingMaterials.map((material) => (
            <li key={material}>{materialTitleOf(catalogue, detail.itemId, material, t)}</li>
          ))}
        </ul>
        <p>{t.supplement.effect}</p>
        <Field label={t.supplement.note} help={t.form.noNumbers} optional>
          {(control) => (
            <Input.TextArea
              {...control}
              rows={3}
              maxLength={500}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          )}
        </Field>
      </ConfirmDialog>
    </div>
  );
}
