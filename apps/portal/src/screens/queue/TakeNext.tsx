import { Button } from 'antd';
import { useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { useTakeNext } from '../../api/queue';
import { useAnnounce } from '../../components/page/Announcer';
import { useProblemText } from '../../components/state/useProblemText';
import { caseAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { questionOf } from './questionOf';

/** 取下一件: the server picks the most urgent case that may be taken, of those that one looks at, and it is taken. */
export function TakeNext() {
  const t = useTexts();
  const announce = useAnnounce();
  const textOf = useProblemText();
  const navigate = useNavigate();
  const [query] = useSearchParams();
  const { mutateAsync, isPending } = useTakeNext();
  const [answer, setAnswer] = useState<string | null>(null);
  const take = async () => {
    setAnswer(null);
    try {
      const row = await mutateAsync(questionOf(query).filter as Parameters<typeof mutateAsync>[0]);
      if (!row) return setAnswer(t.queue.nothingToTake);
      announce(t.queue.taken(row.title));
      await navigate(caseAt(row.owner, row.caseId));
    } catch (error) {
      setAnswer(textOf(error));
    }
  };
  return (
    <div className="take-next">
      <Button type="primary" loading={isPending} onClick={() => void take()}>
        {t.queue.takeNext}
      </Button>
      {answer && <p role="alert">{answer}</p>}
    </div>
  );
}
