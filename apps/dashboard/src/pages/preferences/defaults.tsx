import type { Category, Channel, PreferenceDefaults } from '@pulsestack/core';
import { Link } from '@tanstack/react-router';
import { useCan } from '../../session/use-session.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { BlockSkeleton, Failed, RowSkeletons } from '../../ui/states.tsx';
import { Section } from '../settings/section.tsx';
import { DayStrip } from './day-strip.tsx';
import { QuietHoursFields } from './quiet-hours-fields.tsx';
import { type MatrixRow, RuleMatrix } from './rule-matrix.tsx';
import { effectOf, PRODUCT, ruleOf } from './rules.ts';
import { TimeZoneField } from './time-zone-field.tsx';
import { useCategories, useDefaults, useDefaultsForm, useRuleChanges } from './use-preferences.ts';
import { cadenceText } from './words.ts';

/** What holds for users who have not chosen: channels by category, and the clock. */
export function Defaults() {
  const defaults = useDefaults();
  const categories = useCategories();
  const error = defaults.error ?? categories.error;
  if (error)
    return (
      <Failed
        error={error}
        what="The defaults"
        retry={() => {
          void defaults.refetch();
          categories.retry();
        }}
      />
    );
  if (!defaults.data || categories.isLoading) return <Loading />;
  return (
    <div className="flex flex-col gap-3">
      <p className="max-w-reading text-n11">
        What users get who have not chosen. The more particular rule wins; what is forced in the first row holds in
        every row that forces nothing itself.
      </p>
      <Matrix defaults={defaults.data} categories={categories.items} />
      {categories.hasMore && (
        <Button className="self-center" onClick={categories.loadMore} isBusy={categories.isLoadingMore}>
          Load more
        </Button>
      )}
      <Clock defaults={defaults.data} />
    </div>
  );
}

function Loading() {
  return (
    <div className="flex flex-col gap-8">
      <RowSkeletons rows={5} />
      <BlockSkeleton lines={5} />
    </div>
  );
}

function Matrix({ defaults, categories }: { defaults: PreferenceDefaults; categories: readonly Category[] }) {
  const changes = useRuleChanges();
  const mayWrite = useCan()('preferences.write');
  const everything: MatrixRow = {
    id: ' ',
    name: 'everything',
    label: <span className="font-medium">Everything</span>,
    rules: defaults,
    above: () => PRODUCT,
    ...(mayWrite ? { onChange: (rules) => changes.defaults.mutate({ ...defaults, ...rules }) } : {}),
  };
  const above = (channel: Channel) => effectOf(ruleOf(defaults, channel), PRODUCT);
  const rows = categories.map(
    (category): MatrixRow => ({
      id: category.key,
      name: category.name,
      label: (
        <Link
          to="/preferences/categories"
          search={{ category: category.key }}
          dir="auto"
          className="block truncate rounded-[3px] text-left hover:underline"
          title={category.name}
        >
          {category.name}
        </Link>
      ),
      rules: category,
      above,
      ...(mayWrite ? { onChange: (rules) => changes.category.mutate({ ...category, ...rules }) } : {}),
      end: category.critical ? 'Critical: at once' : cadenceText(category.cadence),
    }),
  );
  return <RuleMatrix label="Channels by category" first="Category" last="Read" rows={[everything, ...rows]} />;
}

function Clock({ defaults }: { defaults: PreferenceDefaults }) {
  const form = useDefaultsForm(defaults);
  const isReadOnly = !useCan()('preferences.write');
  const { quietHours } = form.values;
  return (
    <form onSubmit={form.submit} noValidate className="mt-4 max-w-[980px] border-t">
      <Section title="Quiet hours" about="On the clock of each user. Whoever has set hours of their own keeps those.">
        {quietHours.length > 0 && <DayStrip windows={quietHours} />}
        <QuietHoursFields
          value={quietHours}
          disabled={isReadOnly}
          onChange={(windows) => form.set('quietHours', windows)}
        />
      </Section>
      <Section title="Clock and language" about="Of users without a time zone or a language of their own.">
        <TimeZoneField className="w-full max-w-[320px]" disabled={isReadOnly} field={form.bind('timeZone')} />
        <TextField
          label="Language"
          className="w-full max-w-[320px]"
          placeholder="en"
          autoComplete="off"
          disabled={isReadOnly}
          field={form.bind('locale')}
        />
      </Section>
      {form.problem && <Problem error={form.problem} />}
      {!isReadOnly && (
        <div className="flex justify-end gap-2 py-4">
          {form.isDirty && <Button onClick={() => form.reset()}>Discard</Button>}
          <Button type="submit" look="primary" isBusy={form.isBusy} disabled={!form.isDirty}>
            Save defaults
          </Button>
        </div>
      )}
    </form>
  );
}
