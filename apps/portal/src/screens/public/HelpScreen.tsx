import { Page } from '../../components/page/Page';
import { useTexts } from '../../texts/TextsProvider';
import { TextSections } from './TextSections';

/** P2: how one works here, and whom to ask. */
export function HelpScreen() {
  const t = useTexts();
  return (
    <Page title={t.help.title}>
      <TextSections sections={t.help.sections} />
    </Page>
  );
}
