import { Button, Checkbox, Input } from 'antd';
import { useState } from 'react';
import { useCatalogue, type CaseDetail } from '../../api/cases';
import { Field } from '../../components/input/Field';
import { useTexts } from '../../texts/TextsProvider';
import { materialTitleOf } from './materialTitles';
import type { Acting } from './useActing';

interface StepFormProps {
  readonly step: CaseDetail['steps'][number];
  readonly detail: CaseDetail;
  readonly acting: Acting;
}

/** A step that is no decision: what the person brought, a note, done. */
export function StepForm({ step, detail, acting }: StepFormProps) {
  const t = useTexts();
  const { data: catalogue } = useCatalogue(detail.divisionCode);
  const [note, setNote] = useState('');
  const [received, setReceived] = useState<string[]>([]);
  const done = () => acting.run({ kind: 'step', step: step.step, note: note.trim() || undefined, received });
  return (
    <form
      className="work-form"
      onSubmit={(event) => {
        event.preventDefault();
        void done();
      }}
    >
      {detail.missingMaterials.length > 0 && (
        <fieldset>
          <legend>{t.case.received}</legend>
          <p className="field-help">{t.case.receivedHelp}</p>
          {detail.missingMaterials.map((material) => (
            <Checkbox
              key={material}
              checked={received.includes(material)}
              onChange={({ target }) =>
                setReceived(
                  target.checked ? [...received, material] : received.filter((each) => each !== material),
                )
              }
            >
              {materialTitleOf(catalogue, detail.itemId, material, t)}
            </Checkbox>
          ))}
        </fieldset>
      )}
      <Field label={t.case.noteLabel} help={t.form.noNumbers} optional>
        {(control) => (
          <Input.TextArea
            {...control}
            rows={3}
            maxLength={1000}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        )}
      </Field>
      <Button type="primary" htmlType="submit" loading={acting.busy}>
        {t.case.markDone(step.title)}
      </Button>
    </form>
  );
}
