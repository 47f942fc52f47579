import { Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { afterDialog } from '../../components/input/afterDialog';
import { StateChip, type Tone } from '../../components/state/StateChip';
import { Banner } from '../../components/state/Banner';
import { endOf, type Bag, type KeptVisit } from '../../device/kept';
import { lock, type Vault } from '../../device/vault';
import { useTexts } from '../../texts/TextsProvider';
import { Conflict } from './Conflict';
import type { Uploaded } from './upload';
import { UploadPanel } from './UploadPanel';
import { villagesOf } from './villagesOf';
import { VisitForm } from './VisitForm';

interface AwayBagProps {
  readonly vault: Vault;
  readonly bag: Bag;
  /** What came of the last time that something was told. */
  readonly result: Uploaded | null;
  came(result: Uploaded): void;
}

/** What was taken along, village by village, and one visit at a time to write down. */
export function AwayBag({ vault, bag, result, came }: AwayBagProps) {
  const t = useTexts();
  const [at, setAt] = useState<string | null>(null);
  const head = useRef<HTMLHeadingElement>(null);
  const been = useRef(false);
  const visit = bag.visits.find(({ personId }) => personId === at);
  useEffect(() => {
    // Back from a form the button that led to it may be gone.
    if (at === null && been.current) head.current?.focus();
    been.current = true;
  }, [at]);

  if (visit) {
    return <VisitForm key={visit.personId} vault={vault} visit={visit} done={() => setAt(null)} />;
  }
  /** Where to read on when what had the focus is gone. */
  const toHead = () =>
    afterDialog(() => (head.current ?? document.querySelector<HTMLElement>('h1'))?.focus());
  const last = Math.min(...bag.visits.map(endOf));
  return (
    <>
      <h2 ref={head} tabIndex={-1}>
        {t.visits.away.forDay(t.format.day(bag.day))}
      </h2>
      <p>{t.visits.away.until(t.format.moment(new Date(last)))}</p>
      <UploadPanel
        vault={vault}
        bag={bag}
        result={result}
        came={(now) => {
          came(now);
          toHead();
        }}
      />
      {villagesOf(bag.visits, ({ place }) => place).map(({ code, place, visits }) => (
        <section key={code} className="visit-village" aria-labelledby={`away-${code}`}>
          <h2 id={`away-${code}`}>{t.visits.villageCount(place ?? t.case.placeUnknown, visits.length)}</h2>
          <ul className="visit-list">
            {visits.map((each) => (
              <AwayVisit
                key={each.personId}
                vault={vault}
                visit={each}
                write={() => setAt(each.personId)}
                gone={toHead}
              />
            ))}
          </ul>
        </section>
      ))}
      <p>
        <Button onClick={lock}>{t.visits.away.lock}</Button>
      </p>
    </>
  );
}

type State = 'blank' | 'draft' | 'ready' | 'uncertain' | 'refused';

const CHIPS: Record<State, { readonly tone: Tone; readonly sign: string }> = {
  blank: { tone: 'still', sign: '○' },
  draft: { tone: 'waiting', sign: '✎' },
  ready: { tone: 'working', sign: '▶' },
  uncertain: { tone: 'waiting', sign: '?' },
  refused: { tone: 'bad', sign: '✕' },
};

function stateOf({ record }: KeptVisit): State {
  if (!record) return 'blank';
  if (!record.ready) return 'draft';
  const matters = Object.values(record.matters);
  if (matters.some(({ refused }) => refused)) return 'refused';
  return matters.some(({ uncertain }) => uncertain) ? 'uncertain' : 'ready';
}

interface AwayVisitProps {
  readonly vault: Vault;
  readonly visit: KeptVisit;
  write(): void;
  gone(): void;
}

function AwayVisit({ vault, visit, write, gone }: AwayVisitProps) {
  const t = useTexts();
  const name = visit.personName ?? t.visits.personUnnamed;
  const state = stateOf(visit);
  return (
    <li>
      <h3>{name}</h3>
      <p>
        <StateChip {...CHIPS[state]}>{t.visits.away.states[state]}</StateChip>
      </p>
      <ul>
        {visit.matters.map(({ caseId, title, stepTitle }) => (
          <li key={caseId}>{t.visits.matter(title, stepTitle)}</li>
        ))}
      </ul>
      {state === 'uncertain' ? (
        <Banner kind="info" title={t.visits.form.fixed} />
      ) : (
        <Button onClick={write}>
          {state === 'blank' ? t.visits.away.write(name) : t.visits.away.change(name)}
        </Button>
      )}
      {visit.matters.map((matter) => {
        const refused = visit.record?.matters[matter.caseId]?.refused;
        return (
          refused && (
            <Conflict
              key={matter.caseId}
              vault={vault}
              visit={visit}
              matter={matter}
              refused={refused}
              gone={gone}
            />
          )
        );
      })}
    </li>
  );
}
