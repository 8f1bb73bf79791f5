import type { Preferences, QuietHours } from '@pulsestack/core';
import { useState } from 'react';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { Time } from '../../ui/time.tsx';
import { DayStrip } from '../preferences/day-strip.tsx';
import { QuietHoursFields } from '../preferences/quiet-hours-fields.tsx';
import { quietText } from '../preferences/words.ts';
import type { Put } from './user-preferences.tsx';

const HOUR_MS = 3_600_000;
const SILENCES = [
  { label: 'For an hour', hours: 1 },
  { label: 'For eight hours', hours: 8 },
  { label: 'For a day', hours: 24 },
  { label: 'For a week', hours: 168 },
];

/** When a user wants to be left in peace. */
export function Silence({ preferences, put }: { preferences: Preferences; put: Put }) {
  const { quietHours, quietHoursDecidedBy, doNotDisturb, timeZone } = preferences;
  const [isEditing, setEditing] = useState(false);
  const isOwn = quietHoursDecidedBy === 'user';
  return (
    <section aria-labelledby="silence" className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3 border-b pb-2">
        <h2 id="silence" className="flex items-center gap-2 text-14">
          Quiet hours
          <Badge>{isOwn ? 'Chosen by the user' : 'Default of the workspace'}</Badge>
        </h2>
        {put && (
          <div className="flex flex-wrap gap-2">
            {isOwn && (
              <Button size="small" look="ghost" onClick={() => put({ quietHours: null })}>
                Back to the default
              </Button>
            )}
            <Button size="small" onClick={() => setEditing(true)}>
              Change
            </Button>
          </div>
        )}
      </div>
      {quietHours.length === 0 ? (
        <p className="text-n10">None: messages go at any hour.</p>
      ) : (
        <div className="grid gap-x-12 gap-y-4 lg:grid-cols-2">
          <ul className="flex flex-col gap-1">
            {quietHours.map((window, index) => (
              <li key={index}>{quietText(window)}</li>
            ))}
            <li className="text-12 text-n10">On the clock of {timeZone}.</li>
          </ul>
          <DayStrip windows={quietHours} />
        </div>
      )}
      <div className="flex flex-wrap items-center gap-3">
        {doNotDisturb ? (
          <>
            <span>
              Not to be disturbed until <Time at={doNotDisturb.until} isExact />.
            </span>
            {put && (
              <Button size="small" onClick={() => put({ doNotDisturb: null })}>
                End it
              </Button>
            )}
          </>
        ) : (
          <>
            <span className="text-n11">May be disturbed now.</span>
            {put && (
              <Menu trigger={<Button size="small">Do not disturb</Button>}>
                {SILENCES.map(({ label, hours }) => (
                  <MenuItem
                    key={label}
                    onClick={() =>
                      put({
                        doNotDisturb: { until: new Date(Date.now() + hours * HOUR_MS).toISOString(), mode: 'hold' },
                      })
                    }
                  >
                    {label}
                  </MenuItem>
                ))}
              </Menu>
            )}
          </>
        )}
      </div>
      {isEditing && put && (
        <QuietHoursDialog
          before={quietHours}
          onClose={() => setEditing(false)}
          onSave={(windows) => {
            put({ quietHours: windows });
            setEditing(false);
          }}
        />
      )}
    </section>
  );
}

function QuietHoursDialog({
  before,
  onClose,
  onSave,
}: {
  before: readonly QuietHours[];
  onClose(): void;
  onSave(windows: QuietHours[]): void;
}) {
  const [windows, setWindows] = useState([...before]);
  return (
    <Dialog
      isOpen
      isWide
      onClose={onClose}
      title="Quiet hours of this user"
      onSubmit={(event) => {
        event.preventDefault();
        onSave(windows);
      }}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary">
            Save
          </Button>
        </>
      }
    >
      <QuietHoursFields value={windows} onChange={setWindows} />
    </Dialog>
  );
}
