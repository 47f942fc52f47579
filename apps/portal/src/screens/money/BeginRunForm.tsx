import { Button } from 'antd';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { serverNow } from '../../api/client';
import { useBeginRun } from '../../api/pay-runs';
import type { Me } from '../../api/session';
import { dayOf } from '../../components/case/deadline';
import { DayField } from '../../components/input/DayField';
import { Field } from '../../components/input/Field';
import { useFieldErrors, WorkForm } from '../../components/input/WorkForm';
import { Banner } from '../../components/state/Banner';
import { payRunAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { wholeCode } from '../../api/places';
import { PlaceName } from '../../components/case/PlaceName';
import { TryFailure } from '../../components/state/TryFailure';
import { useTrying } from '../../components/state/useTrying';

/** A run of a month begins for the county that one works in; it plans by itself. */
export function BeginRunForm({ me }: { readonly me: Me }) {
  const t = useTexts();
  const navigate = useNavigate();
  const today = dayOf(serverNow());
  const { mutateAsync, isPending } = useBeginRun();
  const trying = useTrying();
  const [month, setMonth] = useState(today.slice(0, 7));
  const [payOn, setPayOn] = useState(today);
  const { errors, errorOf, judge } = useFieldErrors();
  const county = countyOf(me);
  const submit = async (of: string) => {
    const found = [
      ...(month === '' ? [{ field: 'run-month', text: t.money.begin.monthMissing }] : []),
      ...(payOn === '' ? [{ field: 'run-pay-on', text: t.money.begin.payOnMissing }] : []),
    ];
    if (!judge(found)) return;
    const begun = await trying.run(
      () => mutateAsync({ county: of, month, payOn }),
      () => t.money.begin.begun,
      t.money.begin.notDone,
    );
    if (begun) await navigate(payRunAt(begun.runNo));
  };
  return (
    <section aria-labelledby="begin-run">
      <h2 id="begin-run">{t.money.begin.title}</h2>
      {county === null ? (
        <Banner kind="info" title={t.money.begin.noCounty} />
      ) : (
        <WorkForm errors={errors} submit={() => void submit(county)}>
          <TryFailure trying={trying} />
          <p>
            {t.money.begin.county}：<PlaceName code={wholeCode(county)} />
          </p>
          <Field
            id="run-month"
            label={t.money.begin.month}
            help={t.money.begin.monthHelp}
            error={errorOf('run-month')}
          >
            {(control) => (
              <input
                {...control}
                className="day"
                type="month"
                max={today.slice(0, 7)}
                value={month}
                onChange={(event) => setMonth(event.target.value)}
              />
            )}
          </Field>
          <DayField
            id="run-pay-on"
            label={t.money.begin.payOn}
            help={t.money.begin.payOnHelp}
            error={errorOf('run-pay-on')}
            value={payOn}
            onChange={setPayOn}
          />
          <Button type="primary" htmlType="submit" loading={isPending}>
            {t.money.begin.submit}
          </Button>
        </WorkForm>
      )}
    </section>
  );
}

/** Six digits of the one county that all posts are in; null: there are several, and nobody says which. */
function countyOf({ posts }: Me): string | null {
  const counties = new Set(posts.flatMap(({ from, to }) => [from.slice(0, 6), to.slice(0, 6)]));
  const [county] = counties;
  return counties.size === 1 && county ? county : null;
}
