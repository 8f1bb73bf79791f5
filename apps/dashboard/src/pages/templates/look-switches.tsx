import { Segments } from '../../ui/segments.tsx';
import type { Look, Theme } from './message-shown.tsx';

interface LookSwitchesProps {
  look: Look;
  theme: Theme;
  onLook(look: Look): void;
  onTheme(theme: Theme): void;
}

/** How a mail is looked at: wide, narrow or as text, by day or by night. */
export function LookSwitches({ look, theme, onLook, onTheme }: LookSwitchesProps) {
  return (
    <>
      <Segments<Look>
        label="Width of the preview"
        segments={[
          { value: 'desktop', label: 'Desktop' },
          { value: 'phone', label: 'Phone' },
          { value: 'text', label: 'Text' },
        ]}
        value={look}
        onChange={onLook}
      />
      <Segments<Theme>
        label="Theme of the preview"
        segments={[
          { value: 'light', label: 'Light' },
          { value: 'dark', label: 'Dark' },
        ]}
        value={theme}
        onChange={onTheme}
      />
    </>
  );
}
