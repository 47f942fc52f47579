import { Button } from 'antd';
import { useTexts } from '../../texts/TextsProvider';

interface DemoAccountsProps {
  readonly accounts: readonly { readonly userId: string; readonly title: string }[];
  choose(userId: string): void;
}

/** The accounts of the invented county; only an installation that shows it says so. */
export function DemoAccounts({ accounts, choose }: DemoAccountsProps) {
  const t = useTexts();
  return (
    <section className="demo-accounts" aria-labelledby="demo-accounts">
      <h2 id="demo-accounts">{t.signIn.demoAccounts}</h2>
      <p>{t.signIn.demoHelp}</p>
      <ul>
        {accounts.map(({ userId, title }) => (
          <li key={userId}>
            <Button block onClick={() => choose(userId)}>
              {title}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
