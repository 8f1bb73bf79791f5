import type { CapRule, Channel } from '@pulsestack/core';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Notice, Problem } from '../../ui/notice.tsx';
import { SelectField } from '../../ui/select.tsx';
import { say } from '../../ui/toast.tsx';
import { useForm } from '../../ui/use-form.ts';
import { CHANNELS, channelName } from '../messages/words.ts';
import { capSentence, UNITS } from './cap-words.ts';
import { useCategories, useSaveCaps } from './use-preferences.ts';
import { SLUG, SLUG_HELP } from './words.ts';

const ANY = '*';

interface Values {
  key: string;
  scope: CapRule['scope'];
  channel: Channel | typeof ANY;
  category: string;
  limit: string;
  length: string;
  unit: string;
  beyond: CapRule['beyond'];
}

const SCOPES = [
  { value: 'user', label: 'Each user', note: 'So many messages for one person' },
  { value: 'category', label: 'Each category of each user', note: 'So many of one kind for one person' },
  { value: 'workspace', label: 'The whole workspace', note: 'So many altogether, to protect a provider' },
] as const;

const BEYOND = [
  {
    value: 'wait',
    label: 'Waits, the most important first',
    note: 'A free place goes to the most important; the others join the digest',
  },
  { value: 'skip', label: 'Is not sent', note: 'For what is worth nothing later' },
] as const;

/** Makes a cap or changes one. Mounted while it is open. */
export function CapDialog({ cap, taken, onClose }: { cap: CapRule | null; taken: readonly string[]; onClose(): void }) {
  const save = useSaveCaps();
  const categories = useCategories();
  const form = useForm<Values>({
    initial: {
      key: cap?.key ?? '',
      scope: cap?.scope ?? 'user',
      channel: cap?.channel ?? ANY,
      category: cap?.category ?? ANY,
      limit: String(cap?.limit ?? 20),
      length: cap?.window.slice(0, -1) ?? '1',
      unit: cap?.window.at(-1) ?? 'd',
      beyond: cap?.beyond ?? 'wait',
    },
    checks: {
      key: (key) =>
        !SLUG.test(key.trim())
          ? SLUG_HELP
          : key.trim() !== cap?.key && taken.includes(key.trim())
            ? 'There is a cap of this key already'
            : undefined,
      limit: (limit) => (isWhole(limit, 1_000_000) ? undefined : 'Enter a whole number from 1 to 1,000,000'),
      length: (length, { unit }) =>
        isWhole(length, DAYS_366[unit] ?? 0) ? undefined : 'Enter a whole number, for at most 366 days',
    },
    // The list is sent as a whole; the complaint concerns what was written here.
    fields: { '/caps': 'limit' },
    async submit(values) {
      const next = capOf(values);
      await save.mutateAsync((now) => {
        const isThere = cap !== null && now.some((one) => one.key === cap.key);
        return isThere ? now.map((one) => (one.key === cap.key ? next : one)) : [...now, next];
      });
      say(cap ? 'Saved' : 'Cap created');
      onClose();
    },
  });
  const { scope, channel, category, unit, beyond } = form.values;
  const complete = isWhole(form.values.limit, 1_000_000) && isWhole(form.values.length, DAYS_366[unit] ?? 0);
  return (
    <Dialog
      isOpen
      isWide
      onClose={onClose}
      title={cap ? 'Edit cap' : 'New cap'}
      onSubmit={form.submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={form.isBusy}>
            {cap ? 'Save' : 'Create cap'}
          </Button>
        </>
      }
    >
      <TextField
        label="Key"
        isMono
        autoComplete="off"
        placeholder="daily"
        help="A cap whose key and window stay keeps its count."
        field={form.bind('key')}
      />
      <SelectField label="Counts" options={SCOPES} value={scope} onChange={(next) => form.set('scope', next)} />
      <div className="grid items-start gap-4 sm:grid-cols-3">
        <TextField label="At most" inputMode="numeric" autoComplete="off" field={form.bind('limit')} />
        <TextField label="In" inputMode="numeric" autoComplete="off" field={form.bind('length')} />
        <SelectField label="Unit" options={UNITS} value={unit} onChange={(next) => form.set('unit', next)} />
      </div>
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField
          label="Channel"
          options={[
            { value: ANY, label: 'Every channel' },
            ...CHANNELS.map((one) => ({ value: one, label: channelName(one) })),
          ]}
          value={channel}
          onChange={(next) => form.set('channel', next)}
        />
        <SelectField
          label="Category"
          options={[
            { value: ANY, label: 'Every category' },
            ...withKnown(categories.items, category).map((one) => ({ value: one.key, label: one.name })),
          ]}
          value={category}
          onChange={(next) => form.set('category', next)}
        />
      </div>
      <SelectField
        label="What is beyond"
        options={BEYOND}
        value={beyond}
        onChange={(next) => form.set('beyond', next)}
      />
      {complete && <Notice>{capSentence(capOf(form.values))}</Notice>}
      {form.problem && <Problem error={form.problem} />}
    </Dialog>
  );
}

/** A cap may name a category that is gone. */
function withKnown(categories: readonly { key: string; name: string }[], key: string) {
  const isKnown = key === ANY || categories.some((one) => one.key === key);
  return isKnown ? categories : [...categories, { key, name: key }];
}

const DAYS_366: Record<string, number> = { s: 9_999_999, m: 366 * 1440, h: 366 * 24, d: 366, w: 52 };

function isWhole(text: string, max: number): boolean {
  return /^[1-9]\d*$/.test(text.trim()) && Number(text) <= max;
}

function capOf({ key, scope, channel, category, limit, length, unit, beyond }: Values): CapRule {
  return {
    key: key.trim(),
    scope,
    ...(channel === ANY ? {} : { channel }),
    ...(category === ANY ? {} : { category }),
    limit: Number(limit),
    window: `${Number(length)}${unit}`,
    beyond,
  };
}
