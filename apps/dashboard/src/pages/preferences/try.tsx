import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Segments } from '../../ui/segments.tsx';
import { TryDecision } from './try-decision.tsx';
import { TryDigest, TryQuietHours, TrySchedule } from './try-time.tsx';

const route = getRouteApi('/inside/preferences/try');

const KINDS = [
  { value: 'decision', label: 'Decision' },
  { value: 'quiet-hours', label: 'Quiet hours' },
  { value: 'digest', label: 'Digest' },
  { value: 'schedule', label: 'Schedule' },
] as const;
type Kind = (typeof KINDS)[number]['value'];

/** Questions about time and choices, answered at once and without anybody getting anything. */
export function Try() {
  const { what } = route.useSearch();
  const navigate = useNavigate();
  const kind = KINDS.find((one) => one.value === what)?.value ?? 'decision';
  return (
    <div className="flex flex-col gap-5">
      <div className="max-w-full overflow-x-auto">
        <Segments<Kind>
          label="What to try"
          segments={KINDS}
          value={kind}
          onChange={(next) =>
            void navigate({ to: '/preferences/try', search: next === 'decision' ? {} : { what: next }, replace: true })
          }
        />
      </div>
      {kind === 'decision' && <TryDecision />}
      {kind === 'quiet-hours' && <TryQuietHours />}
      {kind === 'digest' && <TryDigest />}
      {kind === 'schedule' && <TrySchedule />}
    </div>
  );
}
