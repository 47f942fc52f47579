import { Page } from '../../components/page/Page';
import { useTexts } from '../../texts/TextsProvider';
import { TextSections } from './TextSections';

/** P1: which standard the portal is held to, how it was tested, and what is known to be missing. */
export function AccessibilityScreen() {
  const t = useTexts();
  return (
    <Page title={t.accessibility.title}>
      <TextSections sections={t.accessibility.sections} />
    </Page>
  );
}
