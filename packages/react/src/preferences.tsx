import type { Channel, Preferences as Chosen, PreferenceStore } from '@pulsestack/client';
import { useId } from 'react';
import { usePreferences } from './hooks.ts';
import type { Messages } from './messages/messages.ts';
import { usePulseStackContext } from './provider.tsx';
import { rootProps } from './root.ts';
import { weekdayNames } from './time.ts';

export interface PreferencesProps {
  /** Which channels are shown, in this order. */
  channels?: readonly Channel[];
}

const USUAL: readonly Channel[] = ['in_app', 'email', 'push', 'sms'];
const DAY_MS = 86_400_000;
const PAUSE_DAYS = { day: 1, week: 7, month: 30 } as const;
const CADENCES = ['instant', 'hourly', 'daily', 'weekly'] as const;

type Category = Chosen['categories'][number];
interface Part {
  messages: Messages['preferences'];
  locale: string;
  store: PreferenceStore;
}

/** What the user wants to receive: per category and channel, how often, when not. Each change is saved at once. */
export function Preferences({ channels = USUAL }: PreferencesProps) {
  const context = usePulseStackContext();
  const { preferences, saving, error, store } = usePreferences();
  const title = useId();
  const { locale } = context.messages;
  const { preferences: messages } = context.messages;
  return (
    <section {...rootProps(context, 'ps-preferences')} aria-labelledby={title} aria-busy={preferences === null}>
      <header>
        <h2 id={title}>{messages.title}</h2>
        <p>{messages.text}</p>
        <p role="status" className="ps-preferences-status" data-failed={error !== null}>
          {error ? `${messages.failed} ${error.message}` : saving ? messages.saving : ''}
        </p>
      </header>
      {preferences === null ? (
        error ? (
          <button type="button" className="ps-button" onClick={() => void store.reload()}>
            {context.messages.failed.retry}
          </button>
        ) : (
          <p>{messages.loading}</p>
        )
      ) : (
        <>
          {preferences.categories.map((category) => (
            <CategoryFields
              key={category.key}
              {...{ messages, locale, store, category, channels }}
              timeZone={preferences.timeZone}
            />
          ))}
          <QuietFields {...{ messages, locale, store, preferences }} />
          <fieldset>
            <legend>{messages.everything}</legend>
            <Toggle
              label={messages.everythingOff}
              on={preferences.all === false}
              onChange={(off) => void store.setEverything(!off)}
            />
          </fieldset>
        </>
      )}
    </section>
  );
}

function CategoryFields({
  messages,
  locale,
  store,
  category,
  channels,
  timeZone,
}: Part & { category: Category; channels: readonly Channel[]; timeZone: string }) {
  const { key, consent } = category;
  return (
    <fieldset>
      <legend>{category.name}</legend>
      {category.description !== '' && <p>{category.description}</p>}
      <div className="ps-preferences-row">
        {channels.map((channel) => {
          const { enabled, forced } = category.channels[channel];
          return (
            <Toggle
              key={channel}
              label={messages.channels[channel]}
              note={forced ? (enabled ? messages.alwaysOn : messages.alwaysOff) : undefined}
              on={enabled}
              disabled={forced}
              onChange={(on) => void store.setChannel(key, channel, on)}
            />
          );
        })}
      </div>
      {consent && (
        <Toggle
          label={messages.consent}
          on={consent.granted}
          onChange={(granted) => void store.setConsent(consent.purpose, granted)}
        />
      )}
      {category.digestible && <CadenceFields {...{ messages, locale, store, category }} />}
      {!category.critical && <PauseField {...{ messages, locale, store, category, timeZone }} />}
    </fieldset>
  );
}

function CadenceFields({ messages, locale, store, category }: Part & { category: Category }) {
  const { key, cadence } = category;
  const at = 'at' in cadence ? cadence.at : '08:00';
  const weekday = cadence.every === 'weekly' ? cadence.weekday : 1;
  const change = (every: (typeof CADENCES)[number], time: string, day: number) => {
    if (every === 'weekly') void store.setCadence(key, { every, at: time, weekday: day });
    else void store.setCadence(key, every === 'daily' ? { every, at: time } : { every });
  };
  return (
    <div className="ps-preferences-row">
      <label>
        {messages.frequency}
        <select
          value={cadence.every}
          onChange={(event) => change(event.target.value as (typeof CADENCES)[number], at, weekday)}
        >
          {CADENCES.map((every) => (
            <option key={every} value={every}>
              {messages.cadences[every]}
            </option>
          ))}
        </select>
      </label>
      {cadence.every === 'weekly' && (
        <label>
          {messages.day}
          <select value={weekday} onChange={(event) => change('weekly', at, Number(event.target.value))}>
            {weekdayNames(locale).map((name, i) => (
              <option key={name} value={i + 1}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {'at' in cadence && (
        <TimeField label={messages.time} value={at} onChange={(time) => change(cadence.every, time, weekday)} />
      )}
    </div>
  );
}

function PauseField({ messages, locale, store, category, timeZone }: Part & { category: Category; timeZone: string }) {
  const { snoozedUntil } = category;
  const choose = (pause: string) => {
    const days = pause in PAUSE_DAYS ? PAUSE_DAYS[pause as keyof typeof PAUSE_DAYS] : null;
    void store.snooze(category.key, days === null ? null : new Date(Date.now() + days * DAY_MS));
  };
  return (
    <div className="ps-preferences-row">
      <label>
        {messages.pause}
        <select value={snoozedUntil ? 'kept' : 'none'} onChange={(event) => choose(event.target.value)}>
          {snoozedUntil && (
            <option value="kept">
              {messages.pausedUntil(
                new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone }).format(new Date(snoozedUntil)),
              )}
            </option>
          )}
          {(['none', 'day', 'week', 'month'] as const).map((pause) => (
            <option key={pause} value={pause}>
              {messages.pauses[pause]}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function QuietFields({ messages, store, preferences }: Part & { preferences: Chosen }) {
  const [window, ...others] = preferences.quietHours;
  const { start, end } = window ?? { start: '22:00', end: '07:00' };
  const set = (change: Partial<{ start: string; end: string }>) =>
    void store.setQuietHours([{ mode: 'hold', ...window, start, end, ...change }]);
  return (
    <fieldset>
      <legend>{messages.quietHours}</legend>
      <p>{messages.quietHoursHelp(preferences.timeZone)}</p>
      {others.length > 0 ? (
        <p>{messages.severalWindows}</p>
      ) : (
        <div className="ps-preferences-row">
          <Toggle
            label={messages.quietHours}
            on={window !== undefined}
            onChange={(on) => (on ? set({}) : void store.setQuietHours([]))}
          />
          {window && (
            <>
              <TimeField label={messages.from} value={start} onChange={(time) => set({ start: time })} />
              <TimeField label={messages.until} value={end} onChange={(time) => set({ end: time })} />
            </>
          )}
        </div>
      )}
    </fieldset>
  );
}

function Toggle(props: {
  label: string;
  note?: string | undefined;
  on: boolean;
  disabled?: boolean;
  onChange(on: boolean): void;
}) {
  return (
    <label className="ps-toggle">
      <input
        type="checkbox"
        role="switch"
        aria-checked={props.on}
        checked={props.on}
        disabled={props.disabled}
        onChange={(event) => props.onChange(event.target.checked)}
      />
      <span>
        {props.label}
        {props.note && <small> ({props.note})</small>}
      </span>
    </label>
  );
}

/** A time is taken when the field is left, so that half of one is never saved. */
function TimeField({ label, value, onChange }: { label: string; value: string; onChange(time: string): void }) {
  return (
    <label>
      {label}
      <input
        key={value}
        type="time"
        defaultValue={value}
        onBlur={(event) => {
          const { value: time } = event.target;
          if (time !== '' && time !== value) onChange(time);
        }}
      />
    </label>
  );
}
