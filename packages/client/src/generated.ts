// Written by `npm run generate` from the contract of the product. Change that, not this file.

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** A button in the notification. With `link` it opens a page; without, its press is recorded and announced. */
export type Action = { id: string; label: string; link?: string; style: 'primary' | 'secondary' | 'danger' };

/** Who sent it: a member, an API key, or the product itself. */
export type Actor = { kind: 'member' | 'key' | 'system'; id: string; name: string | null };

/** How often a user reads a category: at once, or collected. */
export type Cadence = { every: 'instant' } | { every: 'hourly' } | {
  every: 'daily';
  /** Local time of day */
  at: string;
} | {
  every: 'weekly';
  weekday: number;
  /** Local time of day */
  at: string;
};

export type Channel = 'in_app' | 'email' | 'sms' | 'push' | 'whatsapp' | 'chat' | 'webhook';

/**
 * How many there are. A client keeps these exact without asking again:
 * `unread = own.unread + broadcasts − own.handled`, where `own` arrives whole in events (take it when `version` is not older)
 * and `broadcasts` moves by one with each broadcast or retraction on the stream.
 */
export interface Counts {
  unread: number;
  unseen: number;
  categories: Record<string, { unread: number; unseen: number }>;
  own: {
    unread: number;
    unseen: number;
    /** Broadcasts that have a receipt of this user */
    handled: number;
    version: number;
  };
  /** Live broadcasts since this user joined */
  broadcasts: number;
  /** The last broadcast number before this user joined */
  joinedAfter: number;
  /** The last broadcast number these counts know; an event of one up to it is counted already */
  lastBroadcast: number;
  /** Stream position read before these counts: resume from it and nothing is missed */
  cursor: string;
}

/** Silence until an instant, whatever the clock says. */
export interface DoNotDisturb {
  /** ISO-8601 instant */
  until: string;
  channels?: Channel[];
  mode: QuietMode;
}

export interface DoNotDisturbInput {
  /** ISO-8601 instant */
  until: string;
  channels?: Channel[];
  mode?: QuietMode;
}

/** One field at fault: a JSON pointer into the request part, and what is wrong with it. */
export interface FieldError {
  in: 'body' | 'query' | 'path' | 'header';
  /** JSON pointer to the field */
  field: string;
  message: string;
}

/** Which items a mark-all touches; without fields, the whole active inbox. */
export interface InboxFilter {
  category?: string | string[];
  priority?: Priority | Priority[];
  type?: string | string[];
  /** Delivered at or after */
  from?: string;
  /** Delivered before */
  to?: string;
  state?: InboxState;
}

/** A notification as its receiver sees it: the content and this user's own state. */
export interface InboxItem {
  /** Id of the notification */
  id: string;
  title: string;
  body: string;
  bodyHtml: string;
  icon: string | null;
  image: string | null;
  link: string | null;
  actions: Action[];
  type: string;
  category: string;
  priority: Priority;
  data: Record<string, Json>;
  actor: Actor;
  broadcast: boolean;
  /** When it entered the inbox, or came back from a snooze */
  deliveredAt: string;
  expiresAt: string | null;
  seenAt: string | null;
  readAt: string | null;
  archivedAt: string | null;
  snoozedUntil: string | null;
  action: {
    id: string;
    /** ISO-8601 instant */
    at: string;
    result: Json | null;
  } | null;
  /** Matches of a search wrapped in <mark>, otherwise escaped */
  highlight?: { title: string; body: string };
}

export type InboxMark = 'seen' | 'read' | 'unread' | 'archive' | 'unarchive' | 'delete';

/** One page of the inbox. */
export interface InboxPage {
  items: InboxItem[];
  nextCursor: string | null;
  /** Stream position read before this page: resume from it and nothing is missed */
  cursor: string;
}

/** What part of the inbox to look at. `active` is everything not archived, snoozed or deleted. */
export type InboxState = 'active' | 'unread' | 'read' | 'unseen' | 'archived' | 'snoozed' | 'all';

/** What a change did, and the handle that takes it back for an hour. */
export interface MarkResult {
  changed: number;
  /** Give it to POST /v1/inbox/undo; null when nothing changed */
  undo: string | null;
  own: {
    unread: number;
    unseen: number;
    /** Broadcasts that have a receipt of this user */
    handled: number;
    version: number;
  };
}

export interface PreferenceValue {
  enabled: boolean;
  /** The user cannot change it */
  forced: boolean;
  decidedBy: 'workspace_forced' | 'user_snooze' | 'user_workflow' | 'user_category' | 'user_channel' | 'user_all' | 'workflow_default' | 'category_default' | 'workspace_default' | 'product_default';
}

/** The preferences of a user as they work: every value, who decided it, and what cannot be changed. */
export interface Preferences {
  /** Your own id of the user */
  userId: string;
  timeZone: string;
  locale: string;
  all: boolean | null;
  /** What the user has chosen for whole channels */
  channels: Partial<Record<Channel, boolean>>;
  categories: {
    key: string;
    name: string;
    description: string;
    critical: boolean;
    digestible: boolean;
    cadence: Cadence;
    snoozedUntil: string | null;
    consent: { purpose: string; granted: boolean; at: string | null } | null;
    channels: Record<Channel, PreferenceValue>;
  }[];
  workflows: {
    workflow: string;
    name: string;
    category: string;
    critical: boolean;
    channels: Record<Channel, PreferenceValue>;
  }[];
  quietHours: QuietHours[];
  quietHoursDecidedBy: 'user' | 'workspace_default';
  doNotDisturb: DoNotDisturb | null;
  updatedAt: string | null;
}

/** A merge patch (RFC 7396): what is left out stays, null takes a choice back. */
export interface PreferencesPatch {
  /** False turns everything off that is not chosen in particular */
  all?: boolean | null;
  channels?: Partial<Record<Channel, boolean | null>> | null;
  categories?: Record<string, {
    channels?: Partial<Record<Channel, boolean | null>> | null;
    cadence?: Cadence | null;
    snoozedUntil?: string | null;
  } | null> | null;
  workflows?: Record<string, { channels?: Partial<Record<Channel, boolean | null>> | null } | null> | null;
  quietHours?: QuietHoursInput[] | null;
  doNotDisturb?: DoNotDisturbInput | null;
  consents?: Record<string, boolean>;
}

export type Priority = 'low' | 'normal' | 'high' | 'critical';

/** A window of the local clock in which a user wants silence; the end before the start is on the next day. */
export interface QuietHours {
  /** The days it begins on; every day when left out */
  days?: number[];
  /** Local time of day */
  start: string;
  end: string;
  /** Which channels keep quiet; all but the inbox when left out */
  channels?: Channel[];
  /** What becomes of a message: it waits, it is dropped, or only the inbox gets it */
  mode: QuietMode;
}

export interface QuietHoursInput {
  /** The days it begins on; every day when left out */
  days?: number[];
  /** Local time of day */
  start: string;
  end: string;
  /** Which channels keep quiet; all but the inbox when left out */
  channels?: Channel[];
  /** What becomes of a message: it waits, it is dropped, or only the inbox gets it */
  mode?: QuietMode;
}

export type QuietMode = 'hold' | 'drop' | 'in_app_only';

/** The events of the stream, with the data of each. */
// A type, not an interface: only a type fits where any event map does.
export type StreamEvents = {
  'notification.created': {
    notification: InboxItem;
    /** Absent for a broadcast: add one to `broadcasts` */
    own?: {
      unread: number;
      unseen: number;
      /** Broadcasts that have a receipt of this user */
      handled: number;
      version: number;
    };
    /** Number of the broadcast */
    broadcast?: number;
  };
  'notification.retracted': {
    /** Id of the notification */
    id: string;
    own?: {
      unread: number;
      unseen: number;
      /** Broadcasts that have a receipt of this user */
      handled: number;
      version: number;
    };
    broadcast?: number;
  };
  'receipt.updated': {
    items: {
      /** Id of the notification */
      id: string;
      seenAt: string | null;
      readAt: string | null;
      archivedAt: string | null;
      snoozedUntil: string | null;
      deletedAt: string | null;
      deliveredAt: string;
      category: string;
      action: {
        id: string;
        /** ISO-8601 instant */
        at: string;
        result: Json | null;
      } | null;
    }[];
    own: {
      unread: number;
      unseen: number;
      /** Broadcasts that have a receipt of this user */
      handled: number;
      version: number;
    };
  };
  'inbox.changed': {
    changed: number;
    own: {
      unread: number;
      unseen: number;
      /** Broadcasts that have a receipt of this user */
      handled: number;
      version: number;
    };
  };
  'preferences.updated': {
    userId: string;
    source: string;
    /** JSON pointers of what changed */
    changed: string[];
  };
  'notification.published': {
    /** Id of the notification */
    id: string;
    title: string;
    audience: string;
    /** How many were sent in the same moment; this is the newest of them */
    count: number;
  };
};
