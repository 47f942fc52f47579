import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { answered, api } from '../../api/client';
import { useAnnounce } from '../../components/page/Announcer';
import { Page } from '../../components/page/Page';
import { Banner } from '../../components/state/Banner';
import { Failure } from '../../components/state/Failure';
import { Skeleton } from '../../components/state/Skeleton';
import { safeBack } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { ActivationForm } from './ActivationForm';
import { DemoAccounts } from './DemoAccounts';
import { EnrolmentForm } from './EnrolmentForm';
import { PasswordForm } from './PasswordForm';
import { RecoveryCodes } from './RecoveryCodes';
import { SecondFactorForm } from './SecondFactorForm';
import { useSignIn } from './useSignIn';

/** W1: the way in, without puzzles. */
export function SignInScreen() {
  const t = useTexts();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const [query] = useSearchParams();
  const next = query.get('next');
  const [userId, setUserId] = useState('');
  const ways = useQuery({
    queryKey: ['ways'],
    queryFn: async () => answered(await api.GET('/workbench/sign-in/ways')),
  });
  const way = useSignIn(
    next === 'second-factor' ? 'second-factor' : 'password',
    () => void navigate(safeBack(query.get('back')), { replace: true }),
  );
  const { stage, beginEnrolment } = way;

  useEffect(() => {
    if (next === 'enrol-second-factor') void beginEnrolment();
  }, [next]); // eslint-disable-line react-hooks/exhaustive-deps

  const choose = (chosen: string) => {
    setUserId(chosen);
    announce(t.signIn.chosen(chosen));
    document.querySelector<HTMLInputElement>('input[autocomplete="current-password"]')?.focus();
  };
  const refused = (t.signIn.refused as Readonly<Record<string, string>>)[query.get('refused') ?? ''];

  return (
    <Page title={t.signIn.title} narrow>
      <div className="sign-in">
        {refused && <Banner kind="error" urgent title={refused} />}
        {ways.isError && (
          <Failure error={ways.error} what={t.signIn.title} retry={() => void ways.refetch()} />
        )}
        {ways.isPending && <Skeleton lines={4} />}
        {ways.data && (
          <>
            {stage.at === 'password' && ways.data.password && (
              <PasswordForm
                userId={userId}
                setUserId={setUserId}
                signIn={way.signIn}
                activateInstead={() => way.show('activation')}
              />
            )}
            {stage.at === 'password' && ways.data.openId && (
              <Button href="/workbench/oidc/start" block>
                {t.signIn.withProvider}
              </Button>
            )}
            {stage.at === 'activation' && (
              <ActivationForm
                userId={userId}
                setUserId={setUserId}
                activate={way.activate}
                back={() => way.show('password')}
              />
            )}
            {stage.at === 'second-factor' && <SecondFactorForm prove={way.prove} />}
            {stage.at === 'enrolment' && <EnrolmentForm enrolment={stage.enrolment} confirm={way.confirm} />}
            {stage.at === 'recovery-codes' && (
              <RecoveryCodes codes={stage.codes} kept={() => way.keptCodes(stage.token)} />
            )}
            {stage.at === 'password' && ways.data.demoAccounts.length > 0 && (
              <DemoAccounts accounts={ways.data.demoAccounts} choose={choose} />
            )}
          </>
        )}
      </div>
    </Page>
  );
}
