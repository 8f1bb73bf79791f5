import type { Me } from '@pulsestack/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { accounts } from '../../api/accounts.ts';
import { session } from '../../api/session.ts';
import { say } from '../../ui/toast.tsx';
import { checks, useForm } from '../../ui/use-form.ts';

export function useWorkspaceForm(me: Me) {
  const queryClient = useQueryClient();
  const form = useForm({
    initial: { name: me.workspace.name },
    checks: { name: checks.required('a name') },
    async submit({ name }) {
      await accounts.renameWorkspace(name.trim());
      await queryClient.invalidateQueries({ queryKey: ['me'] });
      form.reset({ name: name.trim() });
      say('Workspace renamed');
    },
  });
  return form;
}

export function useSandbox() {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const enter = async (id: string) => {
    await session.switchTo(id);
    await navigate({ to: '/' });
  };
  return {
    create: useMutation({
      mutationFn: async () => {
        const sandbox = await accounts.createSandbox();
        await queryClient.invalidateQueries({ queryKey: ['me'] });
        say('The sandbox is ready', { label: 'Open it', act: () => void enter(sandbox.id) });
      },
    }),
    enter: useMutation({ mutationFn: enter }),
  };
}

export function useDeleteWorkspace(me: Me) {
  const navigate = useNavigate();
  return async () => {
    await accounts.deleteWorkspace(me.workspace.name);
    const other = me.workspaces.find(
      (workspace) => workspace.id !== me.workspace.id && workspace.id !== me.workspace.sandboxId,
    );
    if (other) {
      await session.switchTo(other.id);
      await navigate({ to: '/' });
    } else session.forget();
  };
}

export function useProfileForm(me: Me) {
  const queryClient = useQueryClient();
  const form = useForm({
    initial: { name: me.account.name },
    checks: { name: checks.required('your name') },
    async submit({ name }) {
      await accounts.rename(name.trim());
      await queryClient.invalidateQueries({ queryKey: ['me'] });
      form.reset({ name: name.trim() });
      say('Saved');
    },
  });
  return form;
}

export function usePasswordForm() {
  const form = useForm({
    initial: { currentPassword: '', password: '' },
    checks: {
      currentPassword: (value) => (value === '' ? 'Enter your present password' : undefined),
      password: checks.password,
    },
    async submit(values) {
      await accounts.changePassword(values);
      form.reset();
      say('Password changed');
    },
  });
  return form;
}

export function useSessions() {
  const queryClient = useQueryClient();
  const list = useQuery({ queryKey: ['sessions'], queryFn: accounts.sessions });
  const end = useMutation({
    mutationFn: (id: string) => accounts.endSession(id),
    onSuccess: (_answer, id) => say(id === 'others' ? 'All other sessions are ended' : 'Session ended'),
    onError: (error) => say(error.message),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['sessions'] }),
  });
  return { list, end };
}
