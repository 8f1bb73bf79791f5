import { useSound } from './hooks.ts';
import { SoundOffIcon, SoundOnIcon } from './icons.tsx';
import { usePulseStackContext } from './provider.tsx';
import { rootProps } from './root.ts';

/** Turns the sound of arrivals on and off; turning it on plays it once. */
export function SoundToggle() {
  const context = usePulseStackContext();
  const { isOn, set, test } = useSound();
  const { messages } = context;
  return (
    <button
      type="button"
      {...rootProps(context, 'ps-tool')}
      aria-label={messages.sound}
      aria-pressed={isOn}
      title={isOn ? messages.soundOn : messages.soundOff}
      onClick={() => {
        set(!isOn);
        if (!isOn) test();
      }}
    >
      {isOn ? <SoundOnIcon /> : <SoundOffIcon />}
    </button>
  );
}
