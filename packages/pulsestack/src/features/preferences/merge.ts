import type {
  Category,
  Channel,
  ChannelChoices,
  PreferenceDefaults,
  PreferenceValue,
  UserChoices,
  WorkflowRule,
} from '@pulsestack/core';

/** What a workspace has said: read once for all users of a batch. */
export interface WorkspaceRules {
  defaults: PreferenceDefaults;
  categories: ReadonlyMap<string, Category>;
  workflows: ReadonlyMap<string, WorkflowRule>;
}

export interface Asked {
  channel: Channel;
  category: string;
  workflow: string | null;
  /** Critical messages do not ask what the user has chosen. */
  critical: boolean;
  at: Date;
}

/**
 * On or off, and who decided. What the workspace forces stands above all, a snooze above every standing choice, and then
 * the most particular choice of the user wins: workflow, category, channel, everything. Who has not chosen gets the
 * defaults, again the most particular first.
 */
export function valueOf(rules: WorkspaceRules, choices: UserChoices, asked: Asked): PreferenceValue {
  const { channel } = asked;
  const category = rules.categories.get(asked.category);
  const workflow = asked.workflow === null ? undefined : rules.workflows.get(asked.workflow);

  const forced = first(channel, workflow?.forced, category?.forced, rules.defaults.forced);
  if (forced !== undefined) return { enabled: forced, forced: true, decidedBy: 'workspace_forced' };

  const critical = isCritical(rules, asked);
  if (!critical) {
    const chosen = chosenOf(choices, asked);
    if (chosen) return { ...chosen, forced: false };
  }
  for (const [decidedBy, layer] of [
    ['workflow_default', workflow?.defaults],
    ['category_default', category?.defaults],
    ['workspace_default', rules.defaults.defaults],
  ] as const) {
    const enabled = layer?.[channel];
    if (enabled !== undefined) return { enabled, forced: critical, decidedBy };
  }
  return { enabled: true, forced: critical, decidedBy: 'product_default' };
}

/** Does the message, its category or its workflow pass what users have chosen? */
export function isCritical(rules: WorkspaceRules, asked: Pick<Asked, 'category' | 'workflow' | 'critical'>): boolean {
  return (
    asked.critical ||
    rules.categories.get(asked.category)?.critical === true ||
    (asked.workflow !== null && rules.workflows.get(asked.workflow)?.critical === true)
  );
}

function chosenOf(choices: UserChoices, asked: Asked): Pick<PreferenceValue, 'enabled' | 'decidedBy'> | undefined {
  const { channel } = asked;
  const category = choices.categories?.[asked.category];
  if (category?.snoozedUntil && Date.parse(category.snoozedUntil) > asked.at.getTime())
    return { enabled: false, decidedBy: 'user_snooze' };
  const workflow = asked.workflow === null ? undefined : choices.workflows?.[asked.workflow];
  for (const [decidedBy, enabled] of [
    ['user_workflow', workflow?.channels?.[channel]],
    ['user_category', category?.channels?.[channel]],
    ['user_channel', choices.channels?.[channel]],
    ['user_all', choices.all],
  ] as const) {
    if (enabled !== undefined) return { enabled, decidedBy };
  }
  return undefined;
}

function first(channel: Channel, ...layers: (ChannelChoices | undefined)[]): boolean | undefined {
  return layers.find((layer) => layer?.[channel] !== undefined)?.[channel];
}
