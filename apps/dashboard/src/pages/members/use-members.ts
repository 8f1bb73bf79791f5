import type { Member } from '@pulsestack/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { accounts } from '../../api/accounts.ts';
import { useList } from '../../api/list.ts';
import { session } from '../../api/session.ts';
import { useMe } from '../../session/use-session.ts';
import type { Option } from '../../ui/select.tsx';
import { say } from '../../ui/toast.tsx';
import { checks, useForm } from '../../ui/use-form.ts';

export function useMembers() {
  return useList<Member>(['members', 'list'], accounts.members);
}

export function useInvitations(isEnabled = true) {
  return useQuery({ queryKey: ['members', 'invitations'], queryFn: accounts.invitations, enabled: isEnabled });
}

export function useRoles() {
  return useQuery({ queryKey: ['roles'], queryFn: accounts.roles });
}

/** The roles that can be given. Ownership is not given but transferred. */
export function useRoleOptions(): Option[] {
  const { data } = useRoles();
  return (data?.items ?? [])
    .filter((role) => role.id !== 'owner')
    .map((role) => ({
      value: role.id,
      label: role.name,
      ...(role.builtIn ? { note: builtInNotes[role.id] ?? '' } : {}),
    }));
}

const builtInNotes: Record<string, string> = {
  admin: 'Everything but deleting and transferring the workspace',
  member: 'Reads, and sends to people and topics',
};

export function useRoleName(): (role: string) => string {
  const { data } = useRoles();
  return (id) => data?.items.find((role) => role.id === id)?.name ?? id;
}

export function useInviteForm(onDone: () => void) {
  const queryClient = useQueryClient();
  return useForm({
    initial: { email: '', role: 'member' },
    checks: { email: checks.email },
    async submit({ email, role }) {
      await accounts.invite({ email: email.trim(), role });
      await queryClient.invalidateQueries({ queryKey: ['members', 'invitations'] });
      say(`The invitation to ${email.trim()} is on its way`);
      onDone();
    },
  });
}

export function useMemberChanges() {
  const queryClient = useQueryClient();
  const { data: me } = useMe();
  const renew = () => queryClient.invalidateQueries({ queryKey: ['members'] });
  const complain = (error: Error) => say(error.message);
  return {
    setRole: useMutation({
      mutationFn: ({ id, role }: { id: string; role: string }) => accounts.setRole(id, role),
      onSuccess: () => say('Role changed'),
      onError: complain,
      onSettled: renew,
    }),
    remove: useMutation({
      mutationFn: async (member: Member) => {
        await accounts.removeMember(member.id);
        if (member.id !== me?.member.id) return;
        // Who leaves has to be somewhere else afterwards.
        const other = me.workspaces.find((workspace) => workspace.id !== me.workspace.id);
        if (other) await session.switchTo(other.id).catch(() => session.forget());
        else session.forget();
      },
      onSettled: renew,
    }),
    transfer: useMutation({
      mutationFn: (member: Member) => accounts.transfer(member.id),
      onSuccess: (_answer, member) => say(`${member.name} owns this workspace now`),
      onSettled: () => Promise.all([renew(), queryClient.invalidateQueries({ queryKey: ['me'] })]),
    }),
    withdraw: useMutation({
      mutationFn: (id: string) => accounts.withdrawInvitation(id),
      onSuccess: () => say('Invitation withdrawn'),
      onError: complain,
      onSettled: renew,
    }),
    /** A new invitation with a new link; the link of the old one stops working. */
    resend: useMutation({
      mutationFn: async ({ id, email, role }: { id: string; email: string; role: string }) => {
        await accounts.withdrawInvitation(id);
        await accounts.invite({ email, role });
      },
      onSuccess: (_answer, { email }) => say(`A new link is on its way to ${email}`),
      onError: complain,
      onSettled: renew,
    }),
  };
}
