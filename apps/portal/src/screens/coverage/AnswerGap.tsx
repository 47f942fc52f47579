import { Button } from 'antd';
import { useRef, useState } from 'react';
import { useAnswerGap, type Gap } from '../../api/gaps';
import { useMe } from '../../api/session';
import { afterDialog } from '../../components/input/afterDialog';
import { ConfirmDialog } from '../../components/input/ConfirmDialog';
import { TryFailure } from '../../components/state/TryFailure';
import { useTrying } from '../../components/state/useTrying';
import { useTexts } from '../../texts/TextsProvider';
import { isTooShort, ReasonField } from '../../components/input/ReasonField';

/** Says what became of a gap; for whoever holds the role that looks after it. */
export function AnswerGap({ gap, ownerRole }: { readonly gap: Gap; readonly ownerRole: string }) {
  const t = useTexts();
  const { data: me } = useMe();
  const { mutateAsync, isPending } = useAnswerGap();
  const place = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const [answer, setAnswer] = useState('');
  const [missing, setMissing] = useState(false);
  const trying = useTrying();
  if (!me?.permissions.includes('gap:answer') || !me.posts.some(({ role }) => role === ownerRole))
    return null;
  const title = t.lang === 'zh-CN' ? gap.title.zh : gap.title.en;
  const send = async () => {
    setMissing(isTooShort(answer));
    if (isTooShort(answer)) return;
    const row = place.current?.closest('tr');
    const done = await trying.run(
      () => mutateAsync({ gapId: gap.gapId, answer: answer.trim() }),
      () => t.coverage.answerKept(title),
      t.coverage.answerNotKept(title),
    );
    setOpen(false);
    if (done) afterDialog(() => row?.querySelector('a')?.focus());
  };
  return (
    <div ref={place}>
      <TryFailure trying={trying} />
      <Button size="small" aria-label={t.coverage.answerOf(title)} onClick={() => setOpen(true)}>
        {t.coverage.answer}
      </Button>
      <ConfirmDialog
        open={open}
        title={t.coverage.answerOf(title)}
        confirm={t.coverage.answerSend}
        busy={isPending}
        onConfirm={() => void send()}
        onCancel={() => setOpen(false)}
      >
        <ReasonField
          id="gap-answer"
          label={t.coverage.answerLabel}
          error={missing ? t.coverage.answerMissing : null}
          most={500}
          value={answer}
          onChange={setAnswer}
        />
      </ConfirmDialog>
    </div>
  );
}
