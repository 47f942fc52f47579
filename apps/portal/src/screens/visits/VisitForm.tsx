import { Button, Checkbox } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { DayField } from '../../components/input/DayField';
import { ReasonField } from '../../components/input/ReasonField';
import { useFieldErrors, WorkForm } from '../../components/input/WorkForm';
import { Banner } from '../../components/state/Banner';
import { TryFailure } from '../../components/state/TryFailure';
import { useTrying } from '../../components/state/useTrying';
import { withVisit, type KeptVisit, type MatterRecord, type VisitRecord } from '../../device/kept';
import type { Vault } from '../../device/vault';
import { useTexts } from '../../texts/TextsProvider';
import { todayHere } from './today';

/** The service takes 1,000 characters, of which the day of the visit takes some. */
const MOST_WORDS = 900;
const FEWEST_WORDS = 2;

interface VisitFormProps {
  readonly vault: Vault;
  readonly visit: KeptVisit;
  done(): void;
}

interface Draft {
  readonly visitedOn: string;
  readonly note: string;
  readonly matters: Readonly<
    Record<string, { readonly done: boolean; readonly received: readonly string[] }>
  >;
}

const BLANK = { done: false, received: [] as readonly string[] };

/** What was done at one home: which matters, with which papers, and how it went. A draft is kept whenever a field is left. */
export function VisitForm({ vault, visit, done }: VisitFormProps) {
  const t = useTexts();
  const name = visit.personName ?? t.visits.personUnnamed;
  const form = useFieldErrors();
  const trying = useTrying();
  const [draft, setDraft] = useState<Draft>(() => draftOf(visit.record));
  const [lost, setLost] = useState<unknown>(null);
  const head = useRef<HTMLHeadingElement>(null);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => head.current?.focus(), []);

  const keep = (ready: boolean) =>
    vault.change((bag) =>
      withVisit(bag, visit.personId, (now) =>
        // What waits to be told is changed by “save” alone.
        !ready && now.record?.ready ? now : { ...now, record: recordOf(now, draft, ready) },
      ),
    );
  const keepDraft = () => {
    const written = draft.note !== '' || Object.values(draft.matters).some((each) => each.done);
    if (written && !visit.record?.ready) keep(false).catch(setLost);
  };
  useEffect(() => {
    const form = box.current;
    form?.addEventListener('focusout', keepDraft);
    return () => form?.removeEventListener('focusout', keepDraft);
  });
  const save = async () => {
    const good = form.judge([
      ...(draft.visitedOn === '' ? [{ field: 'visited-on', text: t.visits.form.dayMissing }] : []),
      ...(draft.visitedOn > todayHere() ? [{ field: 'visited-on', text: t.visits.form.dayAhead }] : []),
      ...(visit.matters.some(({ caseId }) => draft.matters[caseId]?.done)
        ? []
        : [{ field: `done-${visit.matters[0]?.caseId}`, text: t.visits.form.nothingDone }]),
      ...(draft.note.trim().length < FEWEST_WORDS
        ? [{ field: 'visit-note', text: t.visits.form.noteMissing }]
        : []),
    ]);
    if (!good) return;
    const kept = await trying.run(
      () => keep(true),
      () => t.visits.form.saved(name),
      t.visits.form.failed,
    );
    if (kept) done();
  };
  const setMatter = (caseId: string, change: Partial<MatterRecord>) =>
    setDraft({
      ...draft,
      matters: { ...draft.matters, [caseId]: { ...BLANK, ...draft.matters[caseId], ...change } },
    });
  return (
    <div ref={box}>
      <h2 ref={head} tabIndex={-1}>
        {t.visits.form.heading(name, visit.place ?? t.case.placeUnknown)}
      </h2>
      <WorkForm errors={form.errors} submit={() => void save()}>
        <DayField
          id="visited-on"
          label={t.visits.form.visitedOn}
          error={form.errorOf('visited-on')}
          max={todayHere()}
          value={draft.visitedOn}
          onChange={(visitedOn) => setDraft({ ...draft, visitedOn })}
        />
        <p className="field-help">{t.visits.form.notDone}</p>
        {visit.matters.map((matter) => {
          const { done: ticked, received } = draft.matters[matter.caseId] ?? BLANK;
          const error = form.errorOf(`done-${matter.caseId}`);
          return (
            <fieldset key={matter.caseId} className="visit-matter">
              <legend>{t.visits.matter(matter.title, matter.stepTitle)}</legend>
              {error && <p className="field-error">{error}</p>}
              <Checkbox
                id={`done-${matter.caseId}`}
                checked={ticked}
                onChange={({ target }) => setMatter(matter.caseId, { done: target.checked })}
              >
                {t.visits.form.done}
              </Checkbox>
              {ticked && matter.papers.length > 0 && (
                <fieldset>
                  <legend>{t.visits.form.papers}</legend>
                  {matter.papers.map(({ material, title }) => (
                    <Checkbox
                      key={material}
                      checked={received.includes(material)}
                      onChange={({ target }) =>
                        setMatter(matter.caseId, {
                          received: [
                            ...received.filter((each) => each !== material),
                            ...(target.checked ? [material] : []),
                          ],
                        })
                      }
                    >
                      {title}
                    </Checkbox>
                  ))}
                </fieldset>
              )}
            </fieldset>
          );
        })}
        <ReasonField
          id="visit-note"
          label={t.visits.form.note}
          help={t.visits.form.noteHelp}
          error={form.errorOf('visit-note')}
          most={MOST_WORDS}
          value={draft.note}
          onChange={(note) => setDraft({ ...draft, note })}
        />
        <TryFailure trying={trying} />
        {lost !== null && <Banner kind="error" urgent title={t.visits.form.failed} />}
        <div className="buttons">
          <Button type="primary" htmlType="submit">
            {t.visits.form.save}
          </Button>
          <Button onClick={done}>{t.visits.form.back}</Button>
        </div>
      </WorkForm>
    </div>
  );
}

const draftOf = (record: VisitRecord | null): Draft => ({
  visitedOn: record?.visitedOn ?? todayHere(),
  note: record?.note ?? '',
  matters: record?.matters ?? {},
});

/** What is kept of it. Whatever is told otherwise than before is told with a new key: the old one stands for the old words. */
function recordOf({ matters, record }: KeptVisit, draft: Draft, ready: boolean): VisitRecord {
  const sameWords =
    record !== null && record.note === draft.note.trim() && record.visitedOn === draft.visitedOn;
  return {
    visitedOn: draft.visitedOn,
    note: draft.note.trim(),
    ready,
    matters: Object.fromEntries(
      matters.map(({ caseId }): [string, MatterRecord] => {
        const { done, received } = draft.matters[caseId] ?? BLANK;
        const before = record?.matters[caseId];
        const same = sameWords && before?.received.join() === received.join();
        return [
          caseId,
          {
            done,
            received,
            key: same && before ? before.key : crypto.randomUUID(),
            ...(before?.refused && { refused: before.refused }),
          },
        ];
      }),
    ),
  };
}
