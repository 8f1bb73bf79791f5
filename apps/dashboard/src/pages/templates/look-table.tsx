import { Link, useNavigate } from '@tanstack/react-router';
import { Frame, Puzzle } from 'lucide-react';
import { useCan } from '../../session/use-session.ts';
import type { Column } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { type LookKind, layoutKind, partialKind, type Stored } from './look-kinds.ts';
import { useLooks } from './use-looks.ts';

const pathOf = (kind: LookKind) =>
  kind.what === 'layout' ? ('/templates/layouts/$key' as const) : ('/templates/partials/$key' as const);

const columnsOf = (kind: LookKind): readonly Column<Stored>[] => [
  {
    id: 'name',
    header: kind.what === 'layout' ? 'Layout' : 'Partial',
    isWide: true,
    isFixed: true,
    text: (look) => look.name,
    cell: (look) => (
      <Link to={pathOf(kind)} params={{ key: look.key }} className="block truncate rounded-[3px] font-medium">
        {look.name}
      </Link>
    ),
  },
  {
    id: 'key',
    header: 'Key',
    from: 'sm',
    text: (look) => look.key,
    cell: (look) => <code className="block max-w-64 truncate text-n11">{look.key}</code>,
  },
  {
    id: 'format',
    header: 'Format',
    text: (look) => look.format,
    cell: (look) => (
      <span className="text-n11">{kind.formats.find((one) => one.value === look.format)?.label ?? look.format}</span>
    ),
  },
  {
    id: 'updatedAt',
    header: 'Changed',
    from: 'md',
    align: 'right',
    text: (look) => look.updatedAt,
    cell: (look) => (
      <span className="text-n10">
        <Time at={look.updatedAt} />
      </span>
    ),
  },
];
const layoutColumns = columnsOf(layoutKind);
const partialColumns = columnsOf(partialKind);

export function LayoutTable({ onNew }: { onNew(): void }) {
  const can = useCan();
  const navigate = useNavigate();
  const list = useLooks(layoutKind);
  return (
    <DataTable
      name="layouts"
      what="Layouts"
      list={list}
      columns={layoutColumns}
      idOf={(look) => look.key}
      onOpen={(look) => void navigate({ to: '/templates/layouts/$key', params: { key: look.key } })}
      empty={
        <Empty
          icon={Frame}
          title="Every mail wears the built-in layout"
          action={
            can('templates.write') ? (
              <Button look="primary" onClick={onNew}>
                New layout
              </Button>
            ) : undefined
          }
        >
          A layout is the frame around Markdown, blocks and HTML fragments. The one with the key <code>default</code>{' '}
          frames every mail that names none.
        </Empty>
      }
    />
  );
}

export function PartialTable({ onNew }: { onNew(): void }) {
  const can = useCan();
  const navigate = useNavigate();
  const list = useLooks(partialKind);
  return (
    <DataTable
      name="partials"
      what="Partials"
      list={list}
      columns={partialColumns}
      idOf={(look) => look.key}
      onOpen={(look) => void navigate({ to: '/templates/partials/$key', params: { key: look.key } })}
      empty={
        <Empty
          icon={Puzzle}
          title="No partials yet"
          action={
            can('templates.write') ? (
              <Button look="primary" onClick={onNew}>
                New partial
              </Button>
            ) : undefined
          }
        >
          A partial is a piece that templates share, such as a signature. They say it by{' '}
          <code>{'{% render "signature" %}'}</code>.
        </Empty>
      }
    />
  );
}
