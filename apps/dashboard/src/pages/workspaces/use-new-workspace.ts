import { useNavigate } from '@tanstack/react-router';
import { accounts } from '../../api/accounts.ts';
import { session } from '../../api/session.ts';
import { say } from '../../ui/toast.tsx';
import { checks, useForm } from '../../ui/use-form.ts';

export function useNewWorkspace() {
  const navigate = useNavigate();
  return useForm({
    initial: { name: '' },
    checks: { name: checks.required('a name') },
    async submit({ name }) {
      const workspace = await accounts.createWorkspace(name.trim());
      await session.switchTo(workspace.id);
      say(`${workspace.name} is ready`);
      await navigate({ to: '/' });
    },
  });
}
