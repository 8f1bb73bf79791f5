import type { Category } from '@pulsestack/core';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { Pencil, Plus, Tags, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useSnippets } from '../../session/snippets.ts';
import { useCan } from '../../session/use-session.ts';
import type { Column } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { MenuItem, RowMenu } from '../../ui/menu.tsx';
import { Empty } from '../../ui/states.tsx';
import { CHANNELS } from '../messages/words.ts';
import { CategoryDialog } from './category-dialog.tsx';
import { type Rule, ruleOf } from './rules.ts';
import { useCategories, useDeleteCategory } from './use-preferences.ts';
import { cadenceText, channelsText } from './words.ts';

const route = getRouteApi('/inside/preferences/categories');

const columns: readonly Column<Category>[] = [
  {
    id: 'name',
    header: 'Category',
    isWide: true,
    isFixed: true,
    text: (category) => category.name,
    cell: (category) => (
      <span className="flex min-w-0 items-center gap-2">
        <Link
          to="/preferences/categories"
          search={{ category: category.key }}
          dir="auto"
          className="min-w-0 truncate rounded-[3px] text-left font-medium"
        >
          {category.name}
        </Link>
        {category.critical && <Badge tone="warning">Critical</Badge>}
      </span>
    ),
  },
  {
    id: 'key',
    header: 'Key',
    from: 'sm',
    text: (category) => category.key,
    cell: (category) => <code className="block max-w-44 truncate text-n11">{category.key}</code>,
  },
  {
    id: 'channels',
    header: 'Channels',
    from: 'md',
    text: channelWords,
    cell: (category) => <span className="block max-w-72 truncate text-n11">{channelWords(category)}</span>,
  },
  {
    id: 'cadence',
    header: 'Read',
    from: 'sm',
    text: (category) => cadenceText(category.cadence),
    cell: (category) => <span className="whitespace-nowrap text-n11">{cadenceText(category.cadence)}</span>,
  },
  {
    id: 'consent',
    header: 'Consent',
    from: 'lg',
    text: (category) => category.consent ?? '',
    cell: (category) => <span className="block max-w-36 truncate text-n11">{category.consent ?? '–'}</span>,
  },
];

/** What differs from "on unless said otherwise". */
function channelWords(category: Category): string {
  const named = (rule: Rule) => CHANNELS.filter((channel) => ruleOf(category, channel) === rule);
  const parts = (
    [
      ['always', 'Always'],
      ['never', 'Never'],
      ['on', 'On'],
      ['off', 'Off'],
    ] as const
  ).flatMap(([rule, words]) => {
    const channels = named(rule);
    return channels.length === 0 ? [] : [`${words}: ${channelsText(channels)}`];
  });
  return parts.length === 0 ? 'As the workspace says' : parts.join(' · ');
}

export function NewCategory() {
  const can = useCan();
  const navigate = useNavigate();
  if (!can('preferences.write')) return null;
  return (
    <Button look="primary" onClick={() => void navigate({ to: '/preferences/categories', search: { panel: 'new' } })}>
      <Plus className="size-3.5" aria-hidden />
      New category
    </Button>
  );
}

export function CategoryTable() {
  const { panel, category: key } = route.useSearch();
  const navigate = useNavigate();
  const can = useCan();
  const list = useCategories();
  const remove = useDeleteCategory();
  const [removing, setRemoving] = useState<Category | null>(null);
  const show = (next: string | undefined) =>
    void navigate({ to: '/preferences/categories', search: next === undefined ? {} : { category: next } });
  const edited = list.items.find((one) => one.key === key);
  const mayWrite = can('preferences.write');
  return (
    <>
      <DataTable
        name="categories"
        what="Categories"
        list={list}
        columns={columns}
        idOf={(category) => category.key}
        onOpen={(category) => show(category.key)}
        {...(mayWrite
          ? {
              rowMenu: (category: Category) => (
                <RowMenu label={`Actions for ${category.name}`}>
                  <MenuItem icon={Pencil} onClick={() => show(category.key)}>
                    Edit
                  </MenuItem>
                  <MenuItem icon={Trash2} isDangerous onClick={() => setRemoving(category)}>
                    Delete
                  </MenuItem>
                </RowMenu>
              ),
            }
          : {})}
        empty={<NoCategories />}
      />
      {(edited || (panel === 'new' && mayWrite)) && (
        <CategoryDialog
          key={edited?.key ?? 'new'}
          category={edited ?? null}
          taken={list.items.map((one) => one.key)}
          isReadOnly={!mayWrite}
          onClose={() => show(undefined)}
        />
      )}
      <Confirm
        isOpen={removing !== null}
        onClose={() => setRemoving(null)}
        title={`Delete ${removing?.name ?? ''}?`}
        action="Delete category"
        name={removing?.key ?? ''}
        act={() => remove.mutateAsync(removing?.key ?? '')}
      >
        Messages may still name it, but nobody can choose about it any more, and what it forced is forced no longer.
      </Confirm>
    </>
  );
}

function NoCategories() {
  const snippets = useSnippets({
    method: 'PUT',
    path: '/v1/categories/news',
    body: { name: 'News', description: 'What is new, at most once a week', defaults: { sms: false } },
    sdk: "categories.put('news', {\n  name: 'News',\n  description: 'What is new, at most once a week',\n  defaults: { sms: false },\n})",
  });
  return (
    <Empty icon={Tags} title="No categories yet" action={<NewCategory />} snippets={snippets}>
      A category is a kind of messages as users know it: they turn it on and off, pause it, or read it as a digest.
      Messages that name none belong to <code>general</code>.
    </Empty>
  );
}
