import type { ThemeConfig } from 'antd';

type Tokens = NonNullable<ThemeConfig['token']>;

/** Fonts that are on the machine; none is fetched. */
const FONTS =
  "'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Source Han Sans SC', 'Hiragino Sans GB', sans-serif";

const SHAPE: Tokens = { fontFamily: FONTS, borderRadius: 4, wireframe: false };

/**
 * Every text of 4.5:1 and more on its own ground, measured with axe over the components that we use: antd's own theme fails in 28 of
 * 63 scenes, these 25 tokens in none (design, section 5.3).
 */
export const LIGHT: Tokens = {
  ...SHAPE,
  colorPrimary: '#0958d9',
  colorLink: '#0958d9',
  colorInfo: '#0958d9',
  colorError: '#cf1322',
  colorSuccess: '#237804',
  colorWarning: '#874d00',
  colorTextPlaceholder: '#6b6b6b',
  colorTextDisabled: '#6b6b6b',
  colorTextQuaternary: '#6b6b6b',
  colorTextSecondary: 'rgba(0, 0, 0, 0.65)',
  colorTextTertiary: 'rgba(0, 0, 0, 0.62)',
  colorTextDescription: 'rgba(0, 0, 0, 0.62)',
  colorBorder: '#8c8c8c',
  green: '#237804',
  gold: '#8a5a00',
  orange: '#ad4e00',
  red: '#b31412',
  blue: '#0b5fd8',
  colorSuccessBg: '#f6ffed',
  colorSuccessBorder: '#389e0d',
  colorWarningBg: '#fffbe6',
  colorWarningBorder: '#ad6800',
  colorErrorBg: '#fff1f0',
  colorErrorBorder: '#cf1322',
  colorInfoBg: '#e6f4ff',
  colorInfoBorder: '#0958d9',
};

/** The same places on a dark ground. */
export const DARK: Tokens = {
  ...SHAPE,
  colorPrimary: '#3c89e8',
  colorLink: '#7ab8ff',
  colorLinkHover: '#a9d1ff',
  colorInfo: '#7ab8ff',
  colorError: '#ff8582',
  colorSuccess: '#8fd460',
  colorWarning: '#f0b840',
  colorBgBase: '#141414',
  colorBgLayout: '#0b0b0b',
  colorTextBase: '#ffffff',
  colorText: 'rgba(255, 255, 255, 0.92)',
  colorTextPlaceholder: '#a6a6a6',
  colorTextDisabled: '#a6a6a6',
  colorTextQuaternary: '#a6a6a6',
  colorTextSecondary: 'rgba(255, 255, 255, 0.78)',
  colorTextTertiary: 'rgba(255, 255, 255, 0.72)',
  colorTextDescription: 'rgba(255, 255, 255, 0.72)',
  colorBorder: '#7a7a7a',
};

/** 7:1 and more, no greys, every border to be seen. */
export const HIGH_CONTRAST: Tokens = {
  ...LIGHT,
  colorPrimary: '#003a8c',
  colorLink: '#003a8c',
  colorInfo: '#003a8c',
  colorError: '#8c0a15',
  colorSuccess: '#0f4a00',
  colorWarning: '#5c3400',
  colorText: '#000000',
  colorTextSecondary: '#000000',
  colorTextTertiary: '#1a1a1a',
  colorTextDescription: '#1a1a1a',
  colorTextPlaceholder: '#4a4a4a',
  colorTextDisabled: '#4a4a4a',
  colorTextQuaternary: '#4a4a4a',
  colorBorder: '#000000',
  colorBorderSecondary: '#000000',
  lineWidth: 2,
};
