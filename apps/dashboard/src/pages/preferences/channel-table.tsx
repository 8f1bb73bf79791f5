import type { Channel } from '@pulsestack/core';
import type { ReactNode } from 'react';
import { CHANNELS, channelName } from '../messages/words.ts';

interface ChannelRow {
  id: string;
  label: ReactNode;
  cell(channel: Channel): ReactNode;
  end?: ReactNode;
}

interface ChannelTableProps {
  label: string;
  first: string;
  last?: string;
  rows: readonly ChannelRow[];
}

/** Things by channel; the names stay in sight while one looks along the channels. */
export function ChannelTable({ label, first, last, rows }: ChannelTableProps) {
  return (
    <div className="relative overflow-x-auto rounded-card border" role="region" aria-label={label} tabIndex={0}>
      <table className="w-full min-w-[820px] border-separate border-spacing-0 text-left">
        <thead>
          <tr className="text-12 text-n10">
            <th scope="col" className="sticky left-0 z-10 h-9 border-r border-b bg-n2 px-3 font-medium">
              {first}
            </th>
            {CHANNELS.map((channel) => (
              <th key={channel} scope="col" className="border-b bg-n2 px-3 font-medium whitespace-nowrap">
                {channelName(channel)}
              </th>
            ))}
            {last && (
              <th scope="col" className="border-b bg-n2 px-3 font-medium whitespace-nowrap">
                {last}
              </th>
            )}
          </tr>
        </thead>
        <tbody className="[&>tr:last-child>*]:border-b-0">
          {rows.map((row) => (
            <tr key={row.id}>
              <th
                scope="row"
                className="sticky left-0 z-10 w-52 max-w-52 min-w-32 border-r border-b bg-n1 px-3 py-1.5 font-normal max-sm:w-32 max-sm:max-w-32"
              >
                {row.label}
              </th>
              {CHANNELS.map((channel) => (
                <td key={channel} className="border-b px-1 py-1">
                  {row.cell(channel)}
                </td>
              ))}
              {last && <td className="border-b px-3 whitespace-nowrap text-n11">{row.end}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export const cellClass =
  'flex h-8 w-full items-center rounded-control px-2 hover:bg-n4 data-popup-open:bg-n4 pointer-coarse:h-10';
