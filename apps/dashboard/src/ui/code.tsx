import { Tabs } from '@base-ui/react/tabs';
import { Copy } from './copy.tsx';

export interface Snippet {
  name: string;
  code: string;
}

/** The same thing in several languages, each copied by one click. */
export function Code({ snippets, label }: { snippets: readonly Snippet[]; label: string }) {
  return (
    <Tabs.Root
      defaultValue={snippets[0]?.name ?? ''}
      className="w-full min-w-0 self-start overflow-hidden rounded-card border bg-n2 text-left"
    >
      <div className="flex h-9 items-center border-b pr-1.5 pl-1">
        <Tabs.List aria-label={label} className="flex flex-1 gap-1" activateOnFocus>
          {snippets.map(({ name }) => (
            <Tabs.Tab
              key={name}
              value={name}
              className="h-7 rounded-control px-2 text-12 font-medium text-n10 -outline-offset-2 hover:text-n12 data-active:text-n12 data-active:bg-n4"
            >
              {name}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {snippets.map(({ name, code }) => (
          <Tabs.Panel key={name} value={name} render={<span />} tabIndex={-1}>
            <Copy text={code} label={`Copy ${name}`} />
          </Tabs.Panel>
        ))}
      </div>
      {snippets.map(({ name, code }) => (
        <Tabs.Panel key={name} value={name} className="-outline-offset-2">
          <pre
            tabIndex={0}
            className="overflow-x-auto p-3 leading-relaxed -outline-offset-2"
            aria-label={`${label}, ${name}`}
          >
            <code>{code}</code>
          </pre>
        </Tabs.Panel>
      ))}
    </Tabs.Root>
  );
}
