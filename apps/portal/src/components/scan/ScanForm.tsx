import { Button } from 'antd';
import { useState } from 'react';
import { scans } from '../../api/papers';
import { useTexts } from '../../texts/TextsProvider';
import { FileField } from '../input/FileField';
import { useFieldErrors, WorkForm } from '../input/WorkForm';

interface ScanFormProps {
  readonly id: string;
  readonly label: string;
  readonly submitLabel: string;
  readonly busy: boolean;
  send(file: File): void;
}

/** One scan, chosen and sent. */
export function ScanForm({ id, label, submitLabel, busy, send }: ScanFormProps) {
  const t = useTexts();
  const [file, setFile] = useState<File | null>(null);
  const { errors, errorOf, judge } = useFieldErrors();
  const submit = () => {
    if (!judge(file ? [] : [{ field: id, text: t.scan.missing }]) || !file) return;
    send(file);
  };
  return (
    <WorkForm errors={errors} submit={submit}>
      <FileField id={id} label={label} {...scans} error={errorOf(id)} onChange={setFile} />
      <Button htmlType="submit" loading={busy}>
        {submitLabel}
      </Button>
    </WorkForm>
  );
}
