import type { Config } from '../config.ts';
import { callRemote } from './remote.ts';

interface ReadyMade {
  key: string;
  name: string;
  description: string;
}

/** Installs ready-made workflows with their templates; without a name, or with one there is none of, says which there are. */
export async function installWorkflows(
  config: Pick<Config, 'PULSESTACK_URL' | 'PULSESTACK_API_KEY'>,
  keys: readonly string[],
  { all }: { all?: boolean },
): Promise<number> {
  const { items } = await callRemote<{ items: ReadyMade[] }>(config, 'GET', '/v1/ready-made-workflows');
  if (keys.length === 0 && !all) {
    const width = Math.max(...items.map((one) => one.key.length));
    for (const { key, description } of items) console.log(`${key.padEnd(width)}  ${description}`);
    console.error('Name those to install, or say --all.');
    return 2;
  }
  const unknown = keys.find((key) => !items.some((one) => one.key === key));
  if (unknown !== undefined) {
    console.error(`There is no ready-made workflow "${unknown}"; there are ${items.map((one) => one.key).join(', ')}.`);
    return 2;
  }
  for (const key of all ? items.map((one) => one.key) : keys) {
    const { installed, templates } = await callRemote<{ installed: boolean; templates: string[] }>(
      config,
      'POST',
      '/v1/workflows/install',
      { key },
    );
    const added = templates.length > 0 ? `, with ${templates.join(', ')}` : '';
    console.log(
      installed ? `${key} is installed and published${added}.` : `${key} was there already, and stays as it is.`,
    );
  }
  return 0;
}
