import type { LookUse } from '@pulsestack/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Badge } from '../../ui/badge.tsx';
import { RowSkeletons } from '../../ui/states.tsx';
import type { LookKind } from './look-kinds.ts';

interface UsedByProps {
  kind: LookKind;
  lookKey: string;
  uses: UseQueryResult<{ items: LookUse[] }>;
}

/** What would change with it. As long as there is something, it cannot be deleted. */
export function UsedBy({ kind, lookKey, uses: { data, error } }: UsedByProps) {
  return (
    <section aria-labelledby="used-by">
      <h2 id="used-by" className="mb-2 text-13">
        Used by
      </h2>
      {error ? (
        <p className="text-n10">{error.message}</p>
      ) : !data ? (
        <RowSkeletons rows={2} />
      ) : data.items.length === 0 ? (
        <p className="text-n10">
          {kind.what === 'layout' && lookKey === 'default'
            ? 'Every mail that names no other layout.'
            : `Nothing names it yet. ${kind.what === 'layout' ? `Choose it by the layout "${lookKey}" of a template.` : `Write {% render "${lookKey}" %} where it belongs.`}`}
        </p>
      ) : (
        <ul className="divide-y rounded-card border">
          {data.items.map((use) => (
            <li key={`${use.kind} ${use.key}`} className="flex items-center gap-3 px-3 py-1.5">
              <UseLink use={use}>{use.name}</UseLink>
              <Badge>{use.kind}</Badge>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function UseLink({ use: { kind, key }, children }: { use: LookUse; children: ReactNode }) {
  const className = 'min-w-0 flex-1 truncate rounded-[3px] underline-offset-2 hover:underline';
  const params = { key };
  switch (kind) {
    case 'template':
      return (
        <Link to="/templates/$key" params={params} className={className}>
          {children}
        </Link>
      );
    case 'layout':
      return (
        <Link to="/templates/layouts/$key" params={params} className={className}>
          {children}
        </Link>
      );
    case 'partial':
      return (
        <Link to="/templates/partials/$key" params={params} className={className}>
          {children}
        </Link>
      );
    case 'workflow':
      return (
        <Link to="/workflows/$key" params={params} className={className}>
          {children}
        </Link>
      );
  }
}
