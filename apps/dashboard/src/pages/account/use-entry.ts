import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useRouter } from '@tanstack/react-router';
import { accounts } from '../../api/accounts.ts';
import { development } from '../../api/development.ts';
import { session } from '../../api/session.ts';
import { useDevelopmentKey, useSession } from '../../session/use-session.ts';
import { checks, useForm } from '../../ui/use-form.ts';

/** Leads on to where the reader wanted to go. Only addresses of this dashboard count. */
function useGoOn(): (to?: string) => Promise<void> {
  const router = useRouter();
  return async (to) => {
    const isOwn = to !== undefined && /^\/(?![/\\])/.test(to);
    if (isOwn) router.history.push(to);
    else await router.navigate({ to: '/' });
  };
}

export function useSignIn(to: string | undefined) {
  const goOn = useGoOn();
  return useForm({
    initial: { email: '', password: '' },
    checks: { email: checks.email, password: (value) => (value === '' ? 'Enter your password' : undefined) },
    async submit({ email, password }) {
      session.enter(await accounts.signIn({ email: email.trim(), password }));
      await goOn(to);
    },
  });
}

/** The sign-in without a password that exists in development only. */
export function useDevelopmentSignIn(to: string | undefined) {
  const key = useDevelopmentKey();
  const goOn = useGoOn();
  const entering = useMutation({
    mutationFn: async () => {
      await session.adopt(await development.signIn());
      await goOn(to);
    },
  });
  return { isOffered: Boolean(key), entering };
}

export function useSignUp() {
  const goOn = useGoOn();
  return useForm({
    initial: { name: '', email: '', password: '', workspaceName: '' },
    checks: { name: checks.required('your name'), email: checks.email, password: checks.password },
    async submit({ name, email, password, workspaceName }) {
      const workspace = workspaceName.trim();
      session.enter(
        await accounts.signUp({
          name: name.trim(),
          email: email.trim(),
          password,
          ...(workspace ? { workspaceName: workspace } : {}),
        }),
      );
      await goOn();
    },
  });
}

export function useForgotPassword(onSent: (email: string) => void) {
  return useForm({
    initial: { email: '' },
    checks: { email: checks.email },
    async submit({ email }) {
      await accounts.forgotPassword(email.trim());
      onSent(email.trim());
    },
  });
}

export function useResetPassword(token: string, onDone: () => void) {
  return useForm({
    initial: { password: '' },
    checks: { password: checks.password },
    async submit({ password }) {
      await accounts.resetPassword({ token, password });
      onDone();
    },
  });
}

/** Confirms the address as soon as the page is open; a link is good for one time only, so it is tried once. */
export function useVerification(token: string | undefined) {
  const queryClient = useQueryClient();
  return useQuery({
    queryKey: ['verify-email', token],
    queryFn: async () => {
      await accounts.verifyEmail(token ?? '');
      void queryClient.invalidateQueries({ queryKey: ['me'] });
      return true;
    },
    enabled: token !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

export function useInvitation(token: string) {
  const goOn = useGoOn();
  const navigate = useNavigate();
  const current = useSession();
  const inspected = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => accounts.inspectInvitation(token),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  useQuery({ queryKey: ['session-begin'], queryFn: () => session.begin(), staleTime: Number.POSITIVE_INFINITY });
  const me = useQuery({ queryKey: ['me', 'invited'], queryFn: accounts.me, enabled: current.status === 'signed-in' });
  const joining = useMutation({
    mutationFn: async () => {
      session.enter(await accounts.joinByInvitation(token));
      await goOn();
    },
  });
  const form = useForm({
    initial: { name: '', password: '' },
    checks: { name: checks.required('your name'), password: checks.password },
    async submit({ name, password }) {
      session.enter(await accounts.acceptInvitation({ token, name: name.trim(), password }));
      await goOn();
    },
  });
  return {
    inspected,
    form,
    joining,
    signedInAs: current.status === 'signed-in' ? (me.data?.account.email ?? null) : null,
    isSignedIn: current.status === 'signed-in',
    signInInstead: () => void navigate({ to: '/sign-in', search: { to: `/invitations/${token}` } }),
    signOut: () => void session.signOut(),
  };
}
