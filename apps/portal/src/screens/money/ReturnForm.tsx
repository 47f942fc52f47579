import { Button } from 'antd';
import { useState } from 'react';
import { useTakeReturn, type PayRunDetail, type ReturnReport } from '../../api/pay-runs';
import { FileField } from '../../components/input/FileField';
import { useFieldErrors, WorkForm } from '../../components/input/WorkForm';
import { Banner } from '../../components/state/Banner';
import { useTexts } from '../../texts/TextsProvider';
import { TryFailure } from '../../components/state/TryFailure';
import { useTrying } from '../../components/state/useTrying';

const KINDS = ['txt', 'csv', 'dat'];
const MEGABYTES = 20;

interface ReturnFormProps {
  readonly run: PayRunDetail;
  readonly may: boolean;
  took(report: ReturnReport): void;
}

/** The bank's answer is taken. */
export function ReturnForm({ run, may, took }: ReturnFormProps) {
  const t = useTexts();
  const [file, setFile] = useState<File | null>(null);
  const { mutateAsync, isPending } = useTakeReturn(run.runNo);
  const trying = useTrying();
  const { errors, errorOf, judge } = useFieldErrors();
  const submit = async () => {
    if (!judge(file ? [] : [{ field: 'return-file', text: t.money.returning.missing }]) || !file) return;
    const report = await trying.run(
      () => mutateAsync(file),
      ({ paid, failed }) => t.money.returning.done(paid, failed),
      t.money.returning.notDone,
    );
    if (report) took(report);
  };
  if (!may) return <Banner kind="info" title={t.money.returning.notYours} />;
  return (
    <WorkForm errors={errors} submit={() => void submit()}>
      <h3>{t.money.returning.title}</h3>
      <p>{t.money.returning.text}</p>
      <TryFailure trying={trying} />
      <FileField
        id="return-file"
        label={t.money.returning.file}
        kinds={KINDS}
        megabytes={MEGABYTES}
        error={errorOf('return-file')}
        onChange={setFile}
      />
      <Button type="primary" htmlType="submit" loading={isPending}>
        {t.money.returning.submit}
      </Button>
    </WorkForm>
  );
}
