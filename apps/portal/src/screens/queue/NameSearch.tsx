import { Button, Input } from 'antd';
import { useState } from 'react';
import { Field } from '../../components/input/Field';
import { useTexts } from '../../texts/TextsProvider';
import type { Search } from './useSearch';

export function NameSearch({ search }: { readonly search: Search }) {
  const t = useTexts();
  const [typed, setTyped] = useState('');
  return (
    <form
      className="name-search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim() !== '') search.look(typed.trim());
      }}
    >
      <Field label={t.queue.search} help={t.queue.searchHelp}>
        {(control) => (
          <Input
            {...control}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
      </Field>
      <Button htmlType="submit">{t.queue.searchGo}</Button>
      {search.name !== null && (
        <Button
          onClick={() => {
            setTyped('');
            search.clear();
          }}
        >
          {t.queue.searchClear}
        </Button>
      )}
    </form>
  );
}
