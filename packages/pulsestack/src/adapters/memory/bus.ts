import {
  type Bus,
  type BusHandler,
  type BusMessage,
  type BusSubscription,
  handOver,
  MAX_HANDED,
  type SubscribeOptions,
} from '../../ports/bus.ts';

// What nobody has read is forgotten from here on: this bus has no disk.
const KEPT_PER_TOPIC = 10_000;
const DRAIN_MS = 5_000;

interface Topic {
  /** The position of the first message that is kept. */
  base: number;
  messages: BusMessage[];
  ids: Set<string>;
  groups: Map<string, Group>;
}

interface Group {
  next: number;
  members: Member[];
  running: boolean;
}

interface Member {
  handler: BusHandler;
  options: SubscribeOptions;
  stop: AbortController;
  idle: Promise<unknown>;
}

/** The bus of a single process: durable as long as that, and the same promises otherwise. */
export function createMemoryBus(options: { drainMs?: number } = {}): Bus {
  const drainMs = options.drainMs ?? DRAIN_MS;
  const topics = new Map<string, Topic>();
  const open = new Set<BusSubscription>();

  const topicOf = (name: string): Topic => {
    let topic = topics.get(name);
    if (!topic) topics.set(name, (topic = { base: 0, messages: [], ids: new Set(), groups: new Map() }));
    return topic;
  };
  const endOf = (topic: Topic) => topic.base + topic.messages.length;

  async function work(topic: Topic, group: Group): Promise<void> {
    if (group.running) return;
    group.running = true;
    while (group.members.length > 0 && group.next < endOf(topic)) {
      // Members take turns; one at a time, so that the order holds.
      const member = group.members.shift() as Member;
      group.members.push(member);
      group.next = Math.max(group.next, topic.base);
      const from = group.next - topic.base;
      const batch = topic.messages.slice(from, from + MAX_HANDED);
      const handed = handOver(batch, member.handler, { ...member.options, signal: member.stop.signal });
      member.idle = handed;
      if (await handed) group.next += batch.length;
    }
    group.running = false;
  }

  return {
    kind: 'memory',
    deduplicates: true,
    healthy: true,
    async publish(name, messages) {
      const topic = topicOf(name);
      for (const { id, key, value, headers } of messages) {
        if (topic.ids.has(id)) continue;
        topic.ids.add(id);
        const lower = Object.fromEntries(Object.entries(headers).map(([header, text]) => [header.toLowerCase(), text]));
        topic.messages.push({
          topic: name,
          key,
          value: typeof value === 'string' ? Buffer.from(value) : value,
          headers: lower,
          position: String(endOf(topic)),
        });
      }
      const surplus = topic.messages.length - KEPT_PER_TOPIC;
      if (surplus > 0) {
        topic.messages.splice(0, surplus);
        topic.base += surplus;
        topic.ids = new Set([...topic.ids].slice(-KEPT_PER_TOPIC));
      }
      for (const group of topic.groups.values()) void work(topic, group);
    },
    async subscribe(name, groupName, handler, subscribeOptions) {
      const topic = topicOf(name);
      let group = topic.groups.get(groupName);
      if (!group) {
        group = { next: subscribeOptions.from === 'earliest' ? topic.base : endOf(topic), members: [], running: false };
        topic.groups.set(groupName, group);
      }
      const { members } = group;
      const member: Member = {
        handler,
        options: subscribeOptions,
        stop: new AbortController(),
        idle: Promise.resolve(),
      };
      members.push(member);
      void work(topic, group);
      const subscription: BusSubscription = {
        async close() {
          open.delete(subscription);
          const at = members.indexOf(member);
          if (at >= 0) members.splice(at, 1);
          const patience = setTimeout(() => member.stop.abort(), drainMs);
          await member.idle;
          clearTimeout(patience);
        },
      };
      open.add(subscription);
      return subscription;
    },
    async lag(name, groupName) {
      const topic = topicOf(name);
      const group = topic.groups.get(groupName);
      return group ? endOf(topic) - Math.max(group.next, topic.base) : null;
    },
    async close() {
      await Promise.all([...open].map((one) => one.close()));
      topics.clear();
    },
  };
}
