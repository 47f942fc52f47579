import { Button, Input, Modal, type InputRef } from 'antd';
import { useId, useRef, useState, type KeyboardEvent } from 'react';
import { useNavigate } from 'react-router';
import { isProblem } from '../../api/problem';
import { SHOWN } from '../../api/search';
import { afterDialog } from '../../components/input/afterDialog';
import { Field } from '../../components/input/Field';
import { Banner } from '../../components/state/Banner';
import { EmptyState } from '../../components/state/EmptyState';
import { Failure } from '../../components/state/Failure';
import { Skeleton } from '../../components/state/Skeleton';
import { useProblemText } from '../../components/state/useProblemText';
import { useTexts } from '../../texts/TextsProvider';
import './search.css';
import { optionsOf, SearchOptions } from './SearchOptions';
import { useGlobalSearch, useMaySearch, type GlobalSearch } from './useGlobalSearch';

interface SearchDialogProps {
  readonly open: boolean;
  close(): void;
}

/** W8: persons, cases and documents, from every page, without leaving it. */
export function SearchDialog({ open, close }: SearchDialogProps) {
  const t = useTexts();
  const input = useRef<InputRef>(null);
  return (
    <Modal
      open={open}
      title={t.search.title}
      footer={null}
      width={720}
      // antd's own sign is called “close” in every language.
      closable={{ 'aria-label': t.form.close, closeIcon: <span aria-hidden="true">✕</span> }}
      destroyOnHidden
      onCancel={close}
      afterOpenChange={(shown) => shown && input.current?.focus()}
    >
      <SearchBox input={input} close={close} />
    </Modal>
  );
}

interface SearchBoxProps {
  readonly input: React.RefObject<InputRef | null>;
  close(): void;
}

function SearchBox({ input, close }: SearchBoxProps) {
  const t = useTexts();
  const navigate = useNavigate();
  const search = useGlobalSearch();
  const may = useMaySearch();
  const [typed, setTyped] = useState('');
  const [active, setActive] = useState<string | null>(null);
  const listId = useId();
  const options = search.looking ? [] : optionsOf(search);
  const at = options.findIndex(({ id }) => id === active);

  const openAt = (to: string) => {
    close();
    afterDialog(() => void navigate(to));
  };
  const choose = (index: number) => {
    const option = options[(index + options.length) % options.length];
    if (!option) return;
    setActive(option.id);
    document.getElementById(option.id)?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    if (event.key === 'ArrowDown') choose(at + 1);
    else choose(at < 0 ? -1 : at - 1);
  };

  return (
    <>
      <form
        className="search-form"
        role="search"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const chosen = options[at];
          if (chosen) openAt(chosen.to);
          else search.look(typed);
        }}
      >
        <Field
          label={t.search.what}
          help={may.persons ? t.search.help : `${t.search.help}${t.search.casesOnly}`}
          error={search.wrong && t.search[search.wrong]}
        >
          {(control) => (
            <Input
              {...control}
              ref={input}
              role="combobox"
              aria-expanded={options.length > 0}
              aria-controls={options.length > 0 ? listId : undefined}
              aria-activedescendant={at < 0 ? undefined : options[at]?.id}
              aria-autocomplete="none"
              autoComplete="off"
              // Some browsers send what they check to a service.
              spellCheck={false}
              maxLength={300}
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
                setActive(null);
              }}
              onKeyDown={onKeyDown}
            />
          )}
        </Field>
        <div className="buttons">
          <Button type="primary" htmlType="submit">
            {t.search.go}
          </Button>
        </div>
      </form>
      <SearchState search={search} />
      {options.length > 0 && <SearchOptions id={listId} options={options} active={active} onOpen={openAt} />}
    </>
  );
}

/** How the search went: on its way, found so many, nothing, too many, refused, or a service did not answer. */
function SearchState({ search }: { readonly search: GlobalSearch }) {
  const t = useTexts();
  const textOf = useProblemText();
  if (!search.searched) return null;
  if (search.looking) return <Skeleton lines={3} label={t.states.loadingWhat(t.search.results)} />;
  const { persons, cases, documents, totalCases, failed } = search;
  const found = t.search.found(persons.length, cases.length, documents.length);
  const total = totalCases ? t.queue.total(totalCases.value, totalCases.atLeast) : '';
  return (
    <>
      {found !== '' && <p role="status">{t.search.foundLead(found)}</p>}
      {found === '' && failed.length === 0 && (
        <div role="status">
          <EmptyState title={t.search.none}>{t.search.noneHelp}</EmptyState>
        </div>
      )}
      {search.morePersons && <p>{t.search.tooManyPersons(SHOWN)}</p>}
      {totalCases !== null && totalCases.value > cases.length && (
        <p>{t.search.tooManyCases(cases.length, total)}</p>
      )}
      {failed.map(({ group, query }) =>
        isProblem(query.error, 422) ? (
          <Banner key={group} kind="warning" urgent title={t.search.refused}>
            <p>{textOf(query.error)}</p>
          </Banner>
        ) : (
          <Failure
            key={group}
            error={query.error}
            what={t.search.groups[group]}
            retry={() => void query.refetch()}
          />
        ),
      )}
    </>
  );
}
