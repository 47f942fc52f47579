import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import { useBankFormats, useExportRun, type PayRunDetail } from '../../api/pay-runs';
import { useDifferenceIfAny } from '../../api/take-overs';
import { ConfirmDialog } from '../../components/input/ConfirmDialog';
import { SelectField } from '../../components/input/SelectField';
import { Banner } from '../../components/state/Banner';
import { Loaded } from '../../components/state/Loaded';
import { differenceAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { saveFile } from '../../components/scan/saveFile';
import { TryFailure } from '../../components/state/TryFailure';
import { useTrying } from '../../components/state/useTrying';

interface ExportPanelProps {
  readonly run: PayRunDetail;
  readonly may: boolean;
}

/** Signatures that the first run after a take-over waits for. */
const SIGNATURES = 2;

/** The file for the payer of money; the first run after a take-over is signed by two before. */
export function ExportPanel({ run, may }: ExportPanelProps) {
  const t = useTexts();
  if (run.fileSha256 !== null) return may ? <ExportForm run={run} /> : null;
  return (
    <FirstRunSigned run={run}>
      {may ? <ExportForm run={run} /> : <Banner kind="info" title={t.money.exporting.notYours} />}
    </FirstRunSigned>
  );
}

function FirstRunSigned({ run, children }: { readonly run: PayRunDetail; readonly children: ReactNode }) {
  const t = useTexts();
  const query = useDifferenceIfAny(run.runNo);
  return (
    <Loaded query={query} what={t.money.difference.title} lines={2}>
      {(difference) => {
        if (difference === null) return children;
        const signed = difference.signatures.length;
        const toDifference = <Link to={differenceAt(run.runNo)}>{t.money.exporting.toDifference}</Link>;
        if (signed >= SIGNATURES) {
          return (
            <>
              <p>{toDifference}</p>
              {children}
            </>
          );
        }
        return (
          <Banner kind="warning" title={t.money.exporting.signFirst(signed)} actions={toDifference}>
            <p>{t.money.exporting.signFirstText}</p>
          </Banner>
        );
      }}
    </Loaded>
  );
}

function ExportForm({ run }: { readonly run: PayRunDetail }) {
  const t = useTexts();
  const formats = useBankFormats();
  return (
    <Loaded query={formats} what={t.money.exporting.format} lines={2}>
      {({ formats: known }) =>
        known.length === 0 ? (
          <Banner kind="warning" title={t.money.exporting.noFormats}>
            <p>{t.money.exporting.noFormatsText}</p>
          </Banner>
        ) : (
          <FormatChoice run={run} formats={known} />
        )
      }
    </Loaded>
  );
}

interface FormatChoiceProps {
  readonly run: PayRunDetail;
  readonly formats: readonly { readonly id: string; readonly zh: string }[];
}

function FormatChoice({ run, formats }: FormatChoiceProps) {
  const t = useTexts();
  const again = run.fileSha256 !== null;
  const [format, setFormat] = useState(formats.length === 1 || again ? formats[0]!.id : '');
  const [asking, setAsking] = useState(false);
  const { mutateAsync, isPending } = useExportRun(run.runNo);
  const trying = useTrying();
  const fetchFile = async () => {
    const file = await trying.run(
      () => mutateAsync(format),
      ({ name }) => t.money.exporting.done(name),
      t.money.exporting.notDone,
    );
    setAsking(false);
    if (file) saveFile(file);
  };
  return (
    <form
      className="work-form"
      onSubmit={(event) => {
        event.preventDefault();
        setAsking(true);
      }}
    >
      <h3>{again ? t.money.exporting.again : t.money.exporting.title}</h3>
      <p>{again ? t.money.exporting.againText : t.money.exporting.text}</p>
      <TryFailure trying={trying} />
      {!again && (
        <SelectField
          label={t.money.exporting.format}
          all={t.money.exporting.chooseFormat}
          value={format}
          options={formats.map(({ id, zh }) => ({ value: id, label: zh }))}
          onChange={setFormat}
        />
      )}
      <Button type={again ? 'default' : 'primary'} htmlType="submit" disabled={format === ''}>
        {again ? t.money.exporting.again : t.money.exporting.submit}
      </Button>
      <ConfirmDialog
        open={asking}
        title={t.money.exporting.sure}
        confirm={t.money.exporting.submit}
        busy={isPending}
        onConfirm={() => void fetchFile()}
        onCancel={() => setAsking(false)}
      >
        <p>{t.money.exporting.text}</p>
      </ConfirmDialog>
    </form>
  );
}
