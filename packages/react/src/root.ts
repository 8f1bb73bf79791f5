import type { PulseStackContext } from './provider.tsx';

/** What every outermost element of ours carries: the tokens' class, the language and its direction, the theme. */
export function rootProps({ messages, theme }: Pick<PulseStackContext, 'messages' | 'theme'>, className: string) {
  return {
    className: `ps-root ${className}`,
    lang: messages.locale,
    dir: messages.direction,
    ...(theme === 'auto' ? {} : { 'data-theme': theme }),
  };
}
