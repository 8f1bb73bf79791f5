import type { Notification, Priority } from '@pulsestack/core';
import type { NotificationDraft } from '../../api/publishing.ts';
import { checks } from '../../ui/use-form.ts';

export type AudienceKind = 'people' | 'topic' | 'everyone';
export type ActionStyle = 'primary' | 'secondary' | 'danger';

export interface ActionDraft {
  label: string;
  link: string;
  style: ActionStyle;
}

/** What stands in the composer. */
export interface Composed {
  audience: AudienceKind;
  users: string[];
  topic: string;
  title: string;
  body: string;
  category: string;
  priority: Priority;
  link: string;
  image: string;
  actions: ActionDraft[];
  /** As the browser's own control gives it: local time without zone. */
  expiresAt: string;
}

export const EMPTY: Composed = {
  audience: 'people',
  users: [],
  topic: '',
  title: '',
  body: '',
  category: '',
  priority: 'normal',
  link: '',
  image: '',
  actions: [],
  expiresAt: '',
};

export const MAX_ACTIONS = 3;
const SLUG = /^[a-z0-9][a-z0-9._-]{0,63}$/;

export const composerChecks = {
  users: (users: string[], all: Composed) =>
    all.audience === 'people' && users.length === 0 ? 'Choose at least one person' : undefined,
  topic: (topic: string, all: Composed) => (all.audience === 'topic' && topic === '' ? 'Choose a topic' : undefined),
  title: (title: string) =>
    title.trim() === '' ? 'Enter a title' : title.length > 200 ? 'Use at most 200 characters' : undefined,
  body: (body: string) => (body.length > 10_000 ? 'Use at most 10,000 characters' : undefined),
  category: (category: string) =>
    category === '' || SLUG.test(category)
      ? undefined
      : 'Use lower-case letters, digits, dot, dash or underscore, such as billing',
  link: checks.link,
  image: checks.image,
  actions: (actions: ActionDraft[]) => {
    if (actions.some((action) => action.label.trim() === '')) return 'Give every button a label';
    const wrong = actions.map((action) => checks.link(action.link)).find((complaint) => complaint !== undefined);
    return wrong;
  },
  expiresAt: (expiresAt: string) =>
    expiresAt === ''
      ? undefined
      : Number.isNaN(Date.parse(expiresAt))
        ? 'Choose a date and a time'
        : Date.parse(expiresAt) <= Date.now()
          ? 'Choose an instant in the future'
          : undefined,
};

/** Where the server's complaints are shown. */
export const composerFields = { '/audience/users': 'users', '/audience/topic': 'topic', '/audience': 'users' } as const;

/** The request, without what was left empty. */
export function toDraft(composed: Composed): NotificationDraft {
  const { title, body, category, priority, link, image, actions, expiresAt } = composed;
  return {
    audience: audienceOf(composed),
    title: title.trim(),
    ...(body.trim() ? { body } : {}),
    ...(category ? { category } : {}),
    ...(priority === 'normal' ? {} : { priority }),
    ...(link ? { link: link.trim() } : {}),
    ...(image ? { image: image.trim() } : {}),
    ...(expiresAt ? { expiresAt: new Date(expiresAt).toISOString() } : {}),
    ...(actions.length > 0 ? { actions: withIds(actions) } : {}),
  };
}

function audienceOf({ audience, users, topic }: Composed): NotificationDraft['audience'] {
  if (audience === 'everyone') return { everyone: true };
  return audience === 'topic' ? { topic } : { users };
}

/** Ids a program can wait for, made from the labels: "Approve it" becomes approve-it. */
function withIds(actions: readonly ActionDraft[]) {
  const taken = new Set<string>();
  return actions.map(({ label, link, style }, index) => {
    const words = label
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 50);
    let id = words === '' ? `action-${index + 1}` : words;
    while (taken.has(id)) id = `${id}-${index + 1}`;
    taken.add(id);
    return { id, label: label.trim(), style, ...(link ? { link: link.trim() } : {}) };
  });
}

/** What can be sent as it stands; null while something essential is missing or wrong. */
export function previewable(composed: Composed): NotificationDraft | null {
  const isWrong = Object.entries(composerChecks).some(
    ([name, check]) =>
      (check as (value: unknown, all: Composed) => string | undefined)(composed[name as keyof Composed], composed) !==
      undefined,
  );
  return isWrong ? null : toDraft(composed);
}

/** Fills the composer with what was sent before. */
export function fromNotification(notification: Notification): Composed {
  const { audience } = notification;
  return {
    audience: 'everyone' in audience ? 'everyone' : 'topic' in audience ? 'topic' : 'people',
    users: 'users' in audience ? audience.users : [],
    topic: 'topic' in audience ? audience.topic : '',
    title: notification.title,
    body: notification.body,
    category: notification.category === 'general' ? '' : notification.category,
    priority: notification.priority,
    link: notification.link ?? '',
    image: notification.image ?? '',
    actions: notification.actions.map(({ label, link, style }) => ({ label, link: link ?? '', style })),
    expiresAt: '',
  };
}
