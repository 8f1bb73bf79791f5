import type { Snippet } from '../ui/code.tsx';
import { useOwnDevelopmentKey } from './use-session.ts';

export const KEY_PLACE = 'sk_your_key';

/** The key to show in examples: the reader's own in development, otherwise a place for it. */
export function useShownKey(): { key: string; isReal: boolean } {
  const key = useOwnDevelopmentKey();
  return key ? { key, isReal: true } : { key: KEY_PLACE, isReal: false };
}

interface Example {
  method?: 'POST' | 'PUT' | 'GET';
  path: string;
  body?: unknown;
  /** The same by the SDK, after `await pulse.` */
  sdk: string;
}

/** One call as curl and as TypeScript, ready to paste. */
export function useSnippets(example: Example): Snippet[] {
  const { key } = useShownKey();
  return [
    { name: 'curl', code: curl(location.origin, key, example) },
    {
      name: 'TypeScript',
      code: `import { PulseStack } from '@pulsestack/node';\n\nconst pulse = new PulseStack({\n  url: '${location.origin}',\n  key: '${key}',\n});\n\nawait pulse.${example.sdk};`,
    },
  ];
}

export function curl(
  origin: string,
  key: string,
  { method = 'POST', path, body }: Pick<Example, 'method' | 'path' | 'body'>,
): string {
  const lines = [`curl ${origin}${path}`, `-H "authorization: Bearer ${key}"`];
  if (method === 'PUT') lines.splice(1, 0, '-X PUT');
  if (body !== undefined)
    lines.push('-H "content-type: application/json"', `-d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`);
  return lines.join(' \\\n  ');
}
