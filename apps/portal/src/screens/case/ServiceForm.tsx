import { Button, Checkbox, Input } from 'antd';
import { useState } from 'react';
import type { CaseDocument, Serving } from '../../api/cases';
import { serverNow } from '../../api/client';
import { dayOf } from '../../components/case/deadline';
import { DayField } from '../../components/input/DayField';
import { Field } from '../../components/input/Field';
import { SelectField } from '../../components/input/SelectField';
import { useFieldErrors, WorkForm } from '../../components/input/WorkForm';
import { useTexts } from '../../texts/TextsProvider';
import { isTooShort, ReasonField } from '../../components/input/ReasonField';
import { servingOf, wrongIn, type ServiceDraft } from './serviceDraft';
import type { Acting } from './useActing';

interface ServiceFormProps {
  readonly document: CaseDocument;
  /** Whether the person agreed to electronic service. */
  readonly electronic: boolean;
  readonly acting: Acting;
}

const optionsOf = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels).map(([value, label]) => ({ value, label }));

/** How and when the document was brought to the person; after that, what was wrong with the record. */
export function ServiceForm({ document, electronic, acting }: ServiceFormProps) {
  const t = useTexts();
  const today = dayOf(serverNow());
  const correcting = document.service !== null;
  const [draft, setDraft] = useState<ServiceDraft>({ on: today, recorded: false });
  const { errors, errorOf, judge } = useFieldErrors();
  const change = (part: Partial<ServiceDraft>) => setDraft({ ...draft, ...part });
  const { method } = draft;

  const submit = () => {
    const found = [
      ...wrongIn(draft, { from: document.madeOn, to: today }, t),
      ...(correcting && isTooShort(draft.correction ?? '')
        ? [{ field: 'service-correction', text: t.notice.correctionMissing }]
        : []),
    ];
    if (!judge(found) || !method) return;
    void acting.run({
      kind: 'serve',
      documentId: document.documentId,
      serving: servingOf({ ...draft, method }),
    });
  };

  const form = (
    <WorkForm errors={errors} submit={submit}>
      <SelectField
        id="service-method"
        label={t.notice.method}
        help={electronic ? undefined : t.notice.noConsent}
        error={errorOf('service-method')}
        all={t.notice.chooseMethod}
        value={method ?? ''}
        options={optionsOf(t.documents.methods).filter(({ value }) => electronic || value !== 'electronic')}
        onChange={(value) => change({ method: (value || undefined) as Serving['method'] | undefined })}
      />
      {method && (
        <>
          <DayField
            id="service-on"
            label={t.notice.on[method]}
            max={today}
            error={errorOf('service-on')}
            value={draft.on}
            onChange={(on) => change({ on })}
          />
          <MethodFields draft={draft} change={change} errorOf={errorOf} />
          <ReasonField
            id="service-note"
            label={t.notice.note}
            optional
            error={null}
            value={draft.note ?? ''}
            onChange={(note) => change({ note })}
          />
        </>
      )}
      {correcting && (
        <ReasonField
          id="service-correction"
          label={t.notice.correction}
          error={errorOf('service-correction')}
          value={draft.correction ?? ''}
          onChange={(correction) => change({ correction })}
        />
      )}
      <Button type="primary" htmlType="submit" loading={acting.busy}>
        {correcting ? t.notice.correct : t.notice.serve}
      </Button>
    </WorkForm>
  );
  return correcting ? (
    <details>
      <summary>{t.notice.correct}</summary>
      {form}
    </details>
  ) : (
    form
  );
}

interface MethodFieldsProps {
  readonly draft: ServiceDraft;
  change(part: Partial<ServiceDraft>): void;
  errorOf(field: string): string | null;
}

/** What each way of serving needs beside its day. */
function MethodFields({ draft, change, errorOf }: MethodFieldsProps) {
  const t = useTexts();
  switch (draft.method) {
    case 'direct':
      return (
        <>
          <SelectField
            id="service-receiver"
            label={t.notice.receivedBy}
            error={errorOf('service-receiver')}
            all={t.notice.chooseReceiver}
            value={draft.receivedBy ?? ''}
            options={optionsOf(t.notice.receivers)}
            onChange={(value) =>
              change({ receivedBy: (value || undefined) as Serving['receivedBy'], receiverName: undefined })
            }
          />
          {draft.receivedBy === 'agent' && (
            <TextLine
              label={t.notice.receiverName}
              value={draft.receiverName}
              onChange={(receiverName) => change({ receiverName })}
            />
          )}
        </>
      );
    case 'left':
      return (
        <>
          <TextLine
            id="service-witness"
            label={t.notice.witness}
            help={t.notice.witnessHelp}
            error={errorOf('service-witness')}
            value={draft.witness}
            onChange={(witness) => change({ witness })}
          />
          <Checkbox checked={draft.recorded} onChange={({ target }) => change({ recorded: target.checked })}>
            {t.notice.recorded}
          </Checkbox>
        </>
      );
    case 'post':
      return (
        <TextLine
          label={t.notice.reference}
          value={draft.reference}
          onChange={(reference) => change({ reference })}
        />
      );
    case 'electronic':
    case 'public-notice':
    case undefined:
      return null;
  }
}

interface TextLineProps {
  readonly id?: string;
  readonly label: string;
  readonly help?: string;
  readonly error?: string | null;
  readonly value: string | undefined;
  onChange(value: string): void;
}

function TextLine({ value, onChange, ...field }: TextLineProps) {
  return (
    <Field {...field} optional>
      {(control) => (
        <Input
          {...control}
          maxLength={50}
          autoComplete="off"
          value={value ?? ''}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
