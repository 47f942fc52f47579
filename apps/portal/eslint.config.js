import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Components that no keyboard reaches, or no screen reader understands (design, section 5.4), and what stands in their place. */
const BANNED = {
  Popconfirm: 'ConfirmDialog',
  Dropdown: 'MenuButton',
  TreeSelect: 'a dialog with a tree or a table',
  Cascader: 'a dialog with a tree or a table',
  AutoComplete: 'our own listbox',
  Transfer: 'two tables',
  Calendar: 'DayField',
  DatePicker: 'DayField',
  TimePicker: 'a text field',
  Slider: 'a number field',
  Mentions: 'a text field',
  Alert: 'Banner',
  Table: 'DataTable',
  Tabs: 'our own Tabs',
  Pagination: 'Pager',
  Steps: 'StepList',
  Popover: 'ConfirmDialog, or words in the page',
  message: 'Banner, and useAnnounce',
  notification: 'Banner, and useAnnounce',
};

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**'] },
  ...tseslint.configs.recommended,
  jsxA11y.flatConfigs.strict,
  {
    files: ['**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...reactHooks.configs.recommended.rules,
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'no-restricted-imports': [
        'error',
        {
          paths: Object.entries(BANNED).map(([name, instead]) => ({
            name: 'antd',
            importNames: [name],
            message: `Not usable by everybody: ${instead} (design, section 5.4).`,
          })),
        },
      ],
    },
  },
);
