import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { session } from './api/session.ts';
import { texts } from './search.ts';
import { Shell } from './shell/shell.tsx';
import { Crashed, Missing } from './shell/trouble.tsx';

const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: Missing, errorComponent: Crashed });

/** Pages for people who are not signed in; those who are go on. */
const outside = createRoute({ getParentRoute: () => rootRoute, id: 'outside' });
const inside = createRoute({
  getParentRoute: () => rootRoute,
  id: 'inside',
  component: Shell,
  beforeLoad: async ({ location }) => {
    const current = await session.begin();
    if (current.status !== 'signed-in')
      throw redirect({ to: '/sign-in', search: location.pathname === '/' ? {} : { to: location.href } });
  },
});

const signIn = createRoute({
  getParentRoute: () => outside,
  path: '/sign-in',
  validateSearch: texts('to'),
  beforeLoad: async () => {
    if ((await session.begin().catch(() => null))?.status === 'signed-in') throw redirect({ to: '/' });
  },
  component: lazyRouteComponent(() => import('./pages/account/sign-in.tsx'), 'SignInPage'),
});
const signUp = createRoute({
  getParentRoute: () => outside,
  path: '/sign-up',
  component: lazyRouteComponent(() => import('./pages/account/sign-up.tsx'), 'SignUpPage'),
});
const forgotPassword = createRoute({
  getParentRoute: () => outside,
  path: '/forgot-password',
  component: lazyRouteComponent(() => import('./pages/account/forgot-password.tsx'), 'ForgotPasswordPage'),
});
const resetPassword = createRoute({
  getParentRoute: () => outside,
  path: '/reset-password',
  validateSearch: texts('token'),
  component: lazyRouteComponent(() => import('./pages/account/reset-password.tsx'), 'ResetPasswordPage'),
});
const verifyEmail = createRoute({
  getParentRoute: () => outside,
  path: '/verify-email',
  validateSearch: texts('token'),
  component: lazyRouteComponent(() => import('./pages/account/verify-email.tsx'), 'VerifyEmailPage'),
});
const invitation = createRoute({
  getParentRoute: () => outside,
  path: '/invitations/$token',
  component: lazyRouteComponent(() => import('./pages/account/invitation.tsx'), 'InvitationPage'),
});
const live = createRoute({
  getParentRoute: () => outside,
  path: '/live',
  validateSearch: texts('user'),
  component: lazyRouteComponent(() => import('./pages/live/live-page.tsx'), 'LivePage'),
});

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/home/home-page.tsx'), 'HomePage'),
});
const publish = createRoute({
  getParentRoute: () => inside,
  path: '/publish',
  validateSearch: texts('to', 'topic', 'from'),
  component: lazyRouteComponent(() => import('./pages/publish/publish-page.tsx'), 'PublishPage'),
});
const notifications = createRoute({
  getParentRoute: () => inside,
  path: '/notifications',
  validateSearch: texts('q', 'state', 'category', 'type', 'from'),
  component: lazyRouteComponent(() => import('./pages/notifications/notifications-page.tsx'), 'NotificationsPage'),
});
const notification = createRoute({
  getParentRoute: () => inside,
  path: '/notifications/$id',
  validateSearch: texts('tab'),
  component: lazyRouteComponent(() => import('./pages/notifications/notification-page.tsx'), 'NotificationPage'),
});
const inbox = createRoute({
  getParentRoute: () => inside,
  path: '/inbox',
  component: lazyRouteComponent(() => import('./pages/inbox/inbox-page.tsx'), 'InboxPage'),
});
const users = createRoute({
  getParentRoute: () => inside,
  path: '/users',
  validateSearch: texts('q', 'panel'),
  component: lazyRouteComponent(() => import('./pages/users/users-page.tsx'), 'UsersPage'),
});
const user = createRoute({
  getParentRoute: () => inside,
  path: '/users/$id',
  validateSearch: texts('panel', 'tab', 'state', 'channel'),
  component: lazyRouteComponent(() => import('./pages/users/user-page.tsx'), 'UserPage'),
});
const topics = createRoute({
  getParentRoute: () => inside,
  path: '/topics',
  validateSearch: texts('panel'),
  component: lazyRouteComponent(() => import('./pages/topics/topics-page.tsx'), 'TopicsPage'),
});
const topic = createRoute({
  getParentRoute: () => inside,
  path: '/topics/$key',
  validateSearch: texts('panel'),
  component: lazyRouteComponent(() => import('./pages/topics/topic-page.tsx'), 'TopicPage'),
});
const members = createRoute({
  getParentRoute: () => inside,
  path: '/members',
  validateSearch: texts('tab', 'panel'),
  component: lazyRouteComponent(() => import('./pages/members/members-page.tsx'), 'MembersPage'),
});
const roles = createRoute({
  getParentRoute: () => inside,
  path: '/roles',
  validateSearch: texts('panel'),
  component: lazyRouteComponent(() => import('./pages/roles/roles-page.tsx'), 'RolesPage'),
});
const apiKeys = createRoute({
  getParentRoute: () => inside,
  path: '/api-keys',
  validateSearch: texts('panel'),
  component: lazyRouteComponent(() => import('./pages/api-keys/api-keys-page.tsx'), 'ApiKeysPage'),
});
const audit = createRoute({
  getParentRoute: () => inside,
  path: '/audit',
  validateSearch: texts('action', 'actor', 'target', 'from', 'entry'),
  component: lazyRouteComponent(() => import('./pages/audit/audit-page.tsx'), 'AuditPage'),
});
const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings',
  validateSearch: texts('tab'),
  component: lazyRouteComponent(() => import('./pages/settings/settings-page.tsx'), 'SettingsPage'),
});
const newWorkspace = createRoute({
  getParentRoute: () => inside,
  path: '/workspaces/new',
  component: lazyRouteComponent(() => import('./pages/workspaces/new-workspace-page.tsx'), 'NewWorkspacePage'),
});
const messages = createRoute({
  getParentRoute: () => inside,
  path: '/messages',
  validateSearch: texts('user', 'channel', 'state', 'workflow', 'category'),
  component: lazyRouteComponent(() => import('./pages/messages/messages-page.tsx'), 'MessagesPage'),
});
const message = createRoute({
  getParentRoute: () => inside,
  path: '/messages/$id',
  component: lazyRouteComponent(() => import('./pages/messages/message-page.tsx'), 'MessagePage'),
});
const preferences = createRoute({
  getParentRoute: () => inside,
  path: '/preferences',
  beforeLoad: () => {
    throw redirect({ to: '/preferences/categories' });
  },
});
const categories = createRoute({
  getParentRoute: () => inside,
  path: '/preferences/categories',
  validateSearch: texts('panel', 'category'),
  component: lazyRouteComponent(() => import('./pages/preferences/preferences-page.tsx'), 'CategoriesPage'),
});
const preferenceDefaults = createRoute({
  getParentRoute: () => inside,
  path: '/preferences/defaults',
  component: lazyRouteComponent(() => import('./pages/preferences/preferences-page.tsx'), 'DefaultsPage'),
});
const workflowRules = createRoute({
  getParentRoute: () => inside,
  path: '/preferences/workflows',
  component: lazyRouteComponent(() => import('./pages/preferences/preferences-page.tsx'), 'WorkflowRulesPage'),
});
const caps = createRoute({
  getParentRoute: () => inside,
  path: '/preferences/caps',
  validateSearch: texts('panel', 'cap'),
  component: lazyRouteComponent(() => import('./pages/preferences/preferences-page.tsx'), 'CapsPage'),
});
const tryPreferences = createRoute({
  getParentRoute: () => inside,
  path: '/preferences/try',
  validateSearch: texts('what'),
  component: lazyRouteComponent(() => import('./pages/preferences/preferences-page.tsx'), 'TryPage'),
});
const suppressions = createRoute({
  getParentRoute: () => inside,
  path: '/suppressions',
  validateSearch: texts('q', 'panel'),
  component: lazyRouteComponent(() => import('./pages/suppressions/suppressions-page.tsx'), 'SuppressionsPage'),
});
const schedules = createRoute({
  getParentRoute: () => inside,
  path: '/schedules',
  validateSearch: texts('state'),
  component: lazyRouteComponent(() => import('./pages/schedules/schedules-page.tsx'), 'SchedulesPage'),
});
const newSchedule = createRoute({
  getParentRoute: () => inside,
  path: '/schedules/new',
  component: lazyRouteComponent(() => import('./pages/schedules/edit-page.tsx'), 'NewSchedulePage'),
});
const schedule = createRoute({
  getParentRoute: () => inside,
  path: '/schedules/$id',
  component: lazyRouteComponent(() => import('./pages/schedules/schedule-page.tsx'), 'SchedulePage'),
});
const editSchedule = createRoute({
  getParentRoute: () => inside,
  path: '/schedules/$id/edit',
  component: lazyRouteComponent(() => import('./pages/schedules/edit-page.tsx'), 'EditSchedulePage'),
});
const explain = createRoute({
  getParentRoute: () => inside,
  path: '/explain',
  validateSearch: texts('user', 'topic', 'category', 'workflow'),
  component: lazyRouteComponent(() => import('./pages/explain/explain-page.tsx'), 'ExplainPage'),
});
const integrations = createRoute({
  getParentRoute: () => inside,
  path: '/integrations',
  validateSearch: texts('panel'),
  component: lazyRouteComponent(() => import('./pages/integrations/integrations-page.tsx'), 'IntegrationsPage'),
});
const jobs = createRoute({
  getParentRoute: () => inside,
  path: '/jobs',
  validateSearch: texts('state', 'name', 'job'),
  component: lazyRouteComponent(() => import('./pages/jobs/jobs-page.tsx'), 'JobsPage'),
});
const templates = createRoute({
  getParentRoute: () => inside,
  path: '/templates',
  validateSearch: texts('tab', 'panel'),
  component: lazyRouteComponent(() => import('./pages/templates/templates-page.tsx'), 'TemplatesPage'),
});
const template = createRoute({
  getParentRoute: () => inside,
  path: '/templates/$key',
  validateSearch: texts('tab', 'locale'),
  component: lazyRouteComponent(() => import('./pages/templates/template-page.tsx'), 'TemplatePage'),
});
const workflows = createRoute({
  getParentRoute: () => inside,
  path: '/workflows',
  validateSearch: texts('q', 'status', 'archived', 'panel'),
  component: lazyRouteComponent(() => import('./pages/workflows/workflows-page.tsx'), 'WorkflowsPage'),
});
const gallery = createRoute({
  getParentRoute: () => inside,
  path: '/workflows/new',
  validateSearch: texts('ready'),
  component: lazyRouteComponent(() => import('./pages/gallery/gallery-page.tsx'), 'GalleryPage'),
});
const workflow = createRoute({
  getParentRoute: () => inside,
  path: '/workflows/$key',
  validateSearch: texts('tab', 'step', 'view', 'version'),
  component: lazyRouteComponent(() => import('./pages/workflows/workflow-page.tsx'), 'WorkflowPage'),
});
const runs = createRoute({
  getParentRoute: () => inside,
  path: '/runs',
  validateSearch: texts('state', 'workflow', 'user', 'key', 'panel'),
  component: lazyRouteComponent(() => import('./pages/runs/runs-page.tsx'), 'RunsPage'),
});
const run = createRoute({
  getParentRoute: () => inside,
  path: '/runs/$id',
  component: lazyRouteComponent(() => import('./pages/runs/run-page.tsx'), 'RunPage'),
});
const templateLayout = createRoute({
  getParentRoute: () => inside,
  path: '/templates/layouts/$key',
  component: lazyRouteComponent(() => import('./pages/templates/look-page.tsx'), 'LayoutPage'),
});
const templatePartial = createRoute({
  getParentRoute: () => inside,
  path: '/templates/partials/$key',
  component: lazyRouteComponent(() => import('./pages/templates/look-page.tsx'), 'PartialPage'),
});
const streamConnections = createRoute({
  getParentRoute: () => inside,
  path: '/streams',
  component: lazyRouteComponent(() => import('./pages/streams/streams-page.tsx'), 'ConnectionsPage'),
});
const streamEvents = createRoute({
  getParentRoute: () => inside,
  path: '/streams/events',
  validateSearch: texts('stream', 'name'),
  component: lazyRouteComponent(() => import('./pages/streams/streams-page.tsx'), 'EventsPage'),
});
const streamEvent = createRoute({
  getParentRoute: () => inside,
  path: '/streams/events/$cursor',
  component: lazyRouteComponent(() => import('./pages/streams/event-page.tsx'), 'EventPage'),
});
const streamSend = createRoute({
  getParentRoute: () => inside,
  path: '/streams/send',
  validateSearch: texts('name'),
  component: lazyRouteComponent(() => import('./pages/streams/streams-page.tsx'), 'SendPage'),
});
const eventTypes = createRoute({
  getParentRoute: () => inside,
  path: '/catalog',
  validateSearch: texts('panel'),
  component: lazyRouteComponent(() => import('./pages/catalog/catalog-page.tsx'), 'CatalogPage'),
});
const eventType = createRoute({
  getParentRoute: () => inside,
  path: '/catalog/$name',
  validateSearch: texts('panel'),
  component: lazyRouteComponent(() => import('./pages/catalog/event-type-page.tsx'), 'EventTypePage'),
});
const eventBus = createRoute({
  getParentRoute: () => inside,
  path: '/event-bus',
  validateSearch: texts('panel', 'refusals'),
  component: lazyRouteComponent(() => import('./pages/event-bus/event-bus-page.tsx'), 'EventBusPage'),
});
const mailbox = createRoute({
  getParentRoute: () => inside,
  path: '/mailbox',
  validateSearch: texts('mail'),
  component: lazyRouteComponent(() => import('./pages/mailbox/mailbox-page.tsx'), 'MailboxPage'),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    outside.addChildren([signIn, signUp, forgotPassword, resetPassword, verifyEmail, invitation, live]),
    inside.addChildren([
      home,
      publish,
      notifications,
      notification,
      inbox,
      users,
      user,
      topics,
      topic,
      members,
      roles,
      apiKeys,
      audit,
      settings,
      newWorkspace,
      messages,
      message,
      preferences,
      categories,
      preferenceDefaults,
      workflowRules,
      caps,
      tryPreferences,
      suppressions,
      schedules,
      newSchedule,
      schedule,
      editSchedule,
      explain,
      integrations,
      jobs,
      templates,
      templateLayout,
      templatePartial,
      template,
      workflows,
      gallery,
      workflow,
      runs,
      run,
      streamConnections,
      streamEvents,
      streamEvent,
      streamSend,
      eventTypes,
      eventType,
      eventBus,
      mailbox,
    ]),
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
});

// A session that ends, here or in another tab, ends on the sign-in page.
session.subscribe(() => {
  if (session.getSnapshot().status === 'signed-out') void router.invalidate();
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
