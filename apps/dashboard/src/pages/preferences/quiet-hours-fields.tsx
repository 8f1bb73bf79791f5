import type { QuietHours } from '@pulsestack/core';
import { clsx } from 'clsx';
import { Plus, Trash2 } from 'lucide-react';
import { Button, IconButton } from '../../ui/button.tsx';
import { SelectField } from '../../ui/select.tsx';
import { CHANNELS, channelName } from '../messages/words.ts';
import { TimeField } from './cadence-fields.tsx';
import { MODE_OPTIONS, WEEKDAYS } from './words.ts';

const MAX = 14;
const NIGHT: QuietHours = { start: '22:00', end: '07:00', mode: 'hold' };

/** Windows of silence on the clock of each user. */
export function QuietHoursFields({
  value,
  onChange,
  disabled = false,
}: {
  value: readonly QuietHours[];
  onChange(windows: QuietHours[]): void;
  disabled?: boolean;
}) {
  const put = (index: number, change: QuietHours) =>
    onChange(value.map((window, at) => (at === index ? change : window)));
  return (
    <div className="flex w-full flex-col items-start gap-3">
      {value.map((window, index) => (
        <Window
          key={index}
          number={index + 1}
          window={window}
          disabled={disabled}
          onChange={(change) => put(index, change)}
          onRemove={() => onChange(value.filter((_, at) => at !== index))}
        />
      ))}
      {value.length === 0 && <p className="text-n10">None: messages go at any hour.</p>}
      {!disabled && value.length < MAX && (
        <Button onClick={() => onChange([...value, NIGHT])}>
          <Plus className="size-3.5" aria-hidden />
          Add quiet hours
        </Button>
      )}
    </div>
  );
}

interface WindowProps {
  number: number;
  window: QuietHours;
  disabled: boolean;
  onChange(window: QuietHours): void;
  onRemove(): void;
}

function Window({ number, window, disabled, onChange, onRemove }: WindowProps) {
  const { days, channels, start, end, mode } = window;
  return (
    <fieldset className="flex w-full flex-col gap-3 rounded-card border p-3" disabled={disabled}>
      <legend className="sr-only">Quiet hours {number}</legend>
      <div className="flex flex-wrap items-end gap-3">
        <TimeField
          label="From"
          value={start}
          disabled={disabled}
          onChange={(next) => onChange({ ...window, start: next })}
        />
        <TimeField
          label="Until"
          value={end === '24:00' ? '00:00' : end}
          disabled={disabled}
          // Midnight to midnight is a whole day, which only 24:00 says.
          onChange={(next) => onChange({ ...window, end: next === '00:00' ? '24:00' : next })}
        />
        <SelectField
          label="Messages"
          className="min-w-40 flex-1"
          options={MODE_OPTIONS}
          value={mode}
          disabled={disabled}
          onChange={(next) => onChange({ ...window, mode: next })}
        />
        {!disabled && (
          <IconButton label={`Remove quiet hours ${number}`} onClick={onRemove}>
            <Trash2 className="size-4" aria-hidden />
          </IconButton>
        )}
      </div>
      <Toggles
        label="Days"
        all="Every day"
        names={WEEKDAYS}
        values={[1, 2, 3, 4, 5, 6, 7]}
        chosen={days}
        disabled={disabled}
        onChange={(next) => onChange(without(window, 'days', next))}
      />
      <Toggles
        label="Channels"
        all="All but the inbox"
        names={CHANNELS.map(channelName)}
        values={CHANNELS}
        chosen={channels}
        disabled={disabled}
        onChange={(next) => onChange(without(window, 'channels', next))}
      />
    </fieldset>
  );
}

function without<Name extends 'days' | 'channels'>(
  window: QuietHours,
  name: Name,
  value: QuietHours[Name],
): QuietHours {
  const { [name]: _before, ...rest } = window;
  return (value === undefined ? rest : { ...rest, [name]: value }) as QuietHours;
}

/** Some of a few; none of them chosen means what `all` says. */
export function Toggles<Value>({
  label,
  all,
  names,
  values,
  chosen,
  onChange,
  disabled = false,
}: {
  label: string;
  all: string;
  names: readonly string[];
  values: readonly Value[];
  chosen: readonly Value[] | undefined;
  onChange(chosen: Value[] | undefined): void;
  disabled?: boolean;
}) {
  const toggle = (value: Value) => {
    const next = values.filter((one) => (one === value) !== (chosen ?? []).includes(one));
    onChange(next.length === 0 ? undefined : next);
  };
  return (
    <div role="group" aria-label={label} className="flex flex-wrap items-center gap-1.5">
      <Toggle isOn={chosen === undefined} disabled={disabled} onClick={() => onChange(undefined)}>
        {all}
      </Toggle>
      {values.map((value, index) => (
        <Toggle
          key={names[index]}
          isOn={chosen?.includes(value) ?? false}
          disabled={disabled}
          onClick={() => toggle(value)}
        >
          {names[index]}
        </Toggle>
      ))}
    </div>
  );
}

function Toggle({
  isOn,
  onClick,
  disabled,
  children,
}: {
  isOn: boolean;
  onClick(): void;
  disabled: boolean;
  children: React.ReactNode;
}) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      disabled={disabled}
      onClick={onClick}
      className={clsx(
        'h-7 rounded-control border px-2 text-12 font-medium pointer-coarse:h-9',
        isOn ? 'border-accent-border bg-accent-subtle text-accent-text' : 'border-n7 text-n11 not-disabled:hover:bg-n3',
      )}
    >
      {children}
    </button>
  );
}
