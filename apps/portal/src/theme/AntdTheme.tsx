import { ConfigProvider, theme } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { useEffect, useMemo, type ReactNode } from 'react';
import { BUSY_SIGN } from '../components/input/busy';
import { useComfort } from './ComfortProvider';
import { DARK, HIGH_CONTRAST, LIGHT } from './tokens';

const SIZES = { comfortable: 'large', middle: 'middle', compact: 'small' } as const;
const FONT_SIZES = { comfortable: 16, middle: 16, compact: 14 } as const;
const TOKENS = { light: LIGHT, dark: DARK, contrast: HIGH_CONTRAST } as const;

/** antd with our tokens, in the look and density that were chosen. */
export function AntdTheme({ children }: { readonly children: ReactNode }) {
  const { comfort, scheme, calm } = useComfort();
  const config = useMemo(
    () => ({
      // Without movement antd must know it: a dialog waits for the end of an animation that global.css takes away.
      token: { ...TOKENS[scheme], fontSize: FONT_SIZES[comfort.density], motion: !calm },
      algorithm: [
        ...(scheme === 'dark' ? [theme.darkAlgorithm] : []),
        ...(comfort.density === 'compact' ? [theme.compactAlgorithm] : []),
      ],
    }),
    [scheme, calm, comfort.density],
  );
  return (
    <ConfigProvider
      theme={config}
      locale={comfort.language === 'zh' ? zhCN : enUS}
      componentSize={SIZES[comfort.density]}
      // Two Chinese characters in a button stay what they are: a word.
      button={{ autoInsertSpace: false, loadingIcon: BUSY_SIGN }}
      wave={{ disabled: true }}
    >
      <Ground />
      {children}
    </ConfigProvider>
  );
}

/** Our own parts are drawn with the same colours and sizes as antd's. */
function Ground() {
  const { token } = theme.useToken();
  useEffect(() => {
    const { style } = document.documentElement;
    for (const [name, value] of Object.entries({
      '--ground': token.colorBgLayout,
      '--surface': token.colorBgContainer,
      '--raised': token.colorFillQuaternary,
      '--text': token.colorText,
      '--text-second': token.colorTextSecondary,
      '--line': token.colorBorderSecondary,
      '--line-strong': token.colorBorder,
      '--primary': token.colorPrimary,
      '--link': token.colorLink,
      '--error': token.colorError,
      '--error-ground': token.colorErrorBg,
      '--warning': token.colorWarning,
      '--warning-ground': token.colorWarningBg,
      '--success': token.colorSuccess,
      '--success-ground': token.colorSuccessBg,
      '--info-ground': token.colorInfoBg,
      '--font': token.fontFamily,
    })) {
      style.setProperty(name, value);
    }
  }, [token]);
  return null;
}
