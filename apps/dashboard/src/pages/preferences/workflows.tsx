import type { Category, Channel, PreferenceDefaults, WorkflowRule } from '@pulsestack/core';
import { Workflow } from 'lucide-react';
import { useCan } from '../../session/use-session.ts';
import { Badge } from '../../ui/badge.tsx';
import { Empty, Failed, RowSkeletons } from '../../ui/states.tsx';
import { RuleMatrix } from './rule-matrix.tsx';
import { type Effect, effectOf, PRODUCT, ruleOf } from './rules.ts';
import { useCategories, useDefaults, useRuleChanges, useWorkflowRules } from './use-preferences.ts';

/** What a workspace says of single workflows, above what it says of their categories. */
export function Workflows() {
  const rules = useWorkflowRules();
  const defaults = useDefaults();
  const categories = useCategories();
  const changes = useRuleChanges();
  const mayWrite = useCan()('preferences.write');
  const error = rules.error ?? defaults.error;
  if (error) return <Failed error={error} what="The workflows" retry={() => void rules.refetch()} />;
  if (!rules.data || !defaults.data || categories.isLoading) return <RowSkeletons rows={4} />;
  if (rules.data.length === 0)
    return (
      <Empty icon={Workflow} title="No workflow was published yet">
        A published workflow stands here, so that you can turn channels of it off by default, or force them. Users
        choose about it on their preference page.
      </Empty>
    );
  const known = defaults.data;
  return (
    <div className="flex flex-col gap-3">
      <p className="max-w-reading text-n11">
        More particular than the category: a rule here wins over what stands under Defaults.
      </p>
      <RuleMatrix
        label="Channels by workflow"
        first="Workflow"
        rows={rules.data.map((rule) => ({
          id: rule.workflow,
          name: rule.name,
          label: <Name rule={rule} />,
          rules: rule,
          above: (channel) => above(known, categories.items, rule.category, channel),
          ...(mayWrite ? { onChange: (next) => changes.workflow.mutate({ workflow: rule.workflow, ...next }) } : {}),
        }))}
      />
    </div>
  );
}

function Name({ rule }: { rule: WorkflowRule }) {
  return (
    <span className="block min-w-0" title={rule.name}>
      <span className="flex items-center gap-1.5">
        <span dir="auto" className="min-w-0 truncate text-left font-medium">
          {rule.name}
        </span>
        {rule.critical && <Badge tone="warning">Critical</Badge>}
      </span>
      <span className="block truncate text-12 text-n10">{rule.category}</span>
    </span>
  );
}

function above(defaults: PreferenceDefaults, categories: readonly Category[], key: string, channel: Channel): Effect {
  const everything = effectOf(ruleOf(defaults, channel), PRODUCT);
  const category = categories.find((one) => one.key === key);
  return category ? effectOf(ruleOf(category, channel), everything) : everything;
}
