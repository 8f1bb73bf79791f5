import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { ApiError } from '../../api/http.ts';
import { Needs } from '../../session/needs.tsx';
import { Back } from '../../shell/back.tsx';
import { Page } from '../../shell/page.tsx';
import { Missing } from '../../shell/trouble.tsx';
import { BlockSkeleton, Failed } from '../../ui/states.tsx';
import { ScheduleForm } from './schedule-form.tsx';
import { useSchedule } from './use-schedules.ts';

const route = getRouteApi('/inside/schedules/$id/edit');

export function NewSchedulePage() {
  const navigate = useNavigate();
  return (
    <Page title="New schedule" width="medium" before={<Back to="/schedules" label="Back to schedules" />}>
      <Needs permission="schedules.write" to="make a schedule">
        <ScheduleForm
          before={null}
          onCancel={() => void navigate({ to: '/schedules' })}
          onSaved={({ id }) => void navigate({ to: '/schedules/$id', params: { id } })}
        />
      </Needs>
    </Page>
  );
}

export function EditSchedulePage() {
  const { id } = route.useParams();
  const navigate = useNavigate();
  const { data: schedule, error, refetch } = useSchedule(id);
  if (error instanceof ApiError && (error.status === 404 || error.status === 400)) return <Missing />;
  const leave = () => void navigate({ to: '/schedules/$id', params: { id } });
  return (
    <Page
      title={schedule?.name ?? 'Schedule'}
      width="medium"
      before={<Back to="/schedules" label="Back to schedules" />}
    >
      <Needs permission="schedules.write" to="change a schedule">
        {schedule ? (
          <ScheduleForm key={schedule.id} before={schedule} onCancel={leave} onSaved={leave} />
        ) : error ? (
          <Failed error={error} what="The schedule" retry={() => void refetch()} />
        ) : (
          <BlockSkeleton lines={10} />
        )}
      </Needs>
    </Page>
  );
}
