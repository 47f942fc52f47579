import { MenuButton } from '../components/page/MenuButton';
import { useTexts } from '../texts/TextsProvider';
import { densities, languages, looks } from '../theme/comfort';
import { useComfort } from '../theme/ComfortProvider';

/** How the screens look: for whoever sees little, or much at once. */
export function ComfortMenu() {
  const t = useTexts();
  const { comfort, choose } = useComfort();
  return (
    <MenuButton
      label={t.comfort.title}
      type="text"
      groups={[
        {
          name: t.comfort.look,
          entries: looks.map((look) => ({
            key: look,
            label: t.comfort.looks[look],
            checked: comfort.look === look,
            run: () => choose({ look }),
          })),
        },
        {
          name: t.comfort.density,
          entries: densities.map((density) => ({
            key: density,
            label: t.comfort.densities[density],
            checked: comfort.density === density,
            run: () => choose({ density }),
          })),
        },
        {
          name: t.comfort.language,
          entries: languages.map((language) => ({
            key: language,
            label: t.comfort.languages[language],
            checked: comfort.language === language,
            run: () => choose({ language }),
          })),
        },
      ]}
    />
  );
}
