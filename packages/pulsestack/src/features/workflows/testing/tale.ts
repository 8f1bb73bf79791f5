import type { WorkflowInput } from '@pulsestack/core';
import type { Answer, TestApp } from '../../../testing/index.ts';

/** What a customer does, in an order that may be repeated from the beginning at any moment without doing anything twice. */
export interface Tale {
  workflows: (url: string) => WorkflowInput[];
  /** Where the application has its code, by the keys of its endpoints. */
  endpoints?: Record<string, string>;
  deeds: readonly Deed[];
}

export type Deed =
  /** Triggers a workflow for the user of the tale, or for its topic. */
  | { start: string; payload?: object; to?: 'topic' }
  | { send: string; payload?: object }
  /** Cancels the run of the n-th event, counted from 0. */
  | { cancel: number }
  /** Makes the version of the n-th event's run disappear, which nothing in the product does. */
  | { lose: number }
  | { pass: string };

/** What became of it, without ids and instants: the same for everybody to whom the same happens. */
export interface Ending {
  runs: { event: number; workflow: string; user: string; state: string; code: string; trace: string[] }[];
  messages: object[];
  titles: string[];
  attributes: object;
}

const FOLLOWERS = 3;

/** Carries a tale through, or on from wherever a process before has left it. */
export async function carryOut(app: TestApp, tale: Tale, user: string, url: string): Promise<Ending> {
  const ask = async (method: string, path: string, body?: object): Promise<Answer['body']> => {
    const answer = await app.call(method, path, body ? { body } : {});
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const runsOf = async (event: string | undefined) => (await ask('GET', `/v1/runs?event=${event}`)).items;

  // The first process has registered it already.
  for (const [key, path] of Object.entries(tale.endpoints ?? {}))
    await app.call('POST', '/v1/workflow-endpoints', { body: { key, url: `${url}/${path}` } });
  for (const { key, ...definition } of tale.workflows(url)) {
    await ask('PUT', `/v1/workflows/${key}`, definition);
    await ask('POST', `/v1/workflows/${key}/publish`, {});
  }
  const followers = Array.from({ length: FOLLOWERS }, (_, i) => `${user}-${i}`);
  await ask('PUT', `/v1/users/${user}`, {});
  await ask('POST', `/v1/topics/${user}/subscribers`, { users: followers });
  const events: string[] = [];
  for (const deed of tale.deeds) {
    if ('start' in deed || 'send' in deed) {
      const to = 'to' in deed ? { topic: user } : user;
      const body = { to, payload: deed.payload ?? {}, transactionId: `${user} ${events.length}` };
      const path = 'start' in deed ? `/v1/workflows/${deed.start}/trigger` : '/v1/events';
      const { id } = await ask('POST', path, 'send' in deed ? { ...body, name: deed.send } : body);
      events.push(id);
    } else if ('cancel' in deed) {
      const [run] = await runsOf(events[deed.cancel]);
      await ask('DELETE', `/v1/runs/${run.id}`);
    } else if ('lose' in deed) {
      await app.runtime.database.pool.query({
        text: `update runs set version = 999 where event_id = $1`,
        values: [events[deed.lose]],
      });
    }
    if ('pass' in deed) await app.advance(deed.pass);
    else await app.settle();
  }

  const runs: Ending['runs'] = [];
  for (const [event, id] of events.entries())
    for (const { id: run } of await runsOf(id)) {
      const { workflow, userId, state, code, trace } = await ask('GET', `/v1/runs/${run}`);
      runs.push({
        event,
        workflow,
        user: userId.replace(user, 'user'),
        state,
        code,
        trace: trace.map((line: { step: string; code: string }) => `${line.step} ${line.code}`),
      });
    }
  const messages = (await ask('GET', `/v1/users/${user}/messages?include=skipped&limit=100`)).items;
  const inbox = await app.call('GET', '/v1/inbox?limit=100', { as: await app.home.user(user) });
  return {
    runs: runs.toSorted((a, b) => a.event - b.event || (a.user < b.user ? -1 : 1)),
    messages: messages
      .map((one: Answer['body']) => [one.stepId, one.channel, one.state, one.reason].join(' '))
      .toSorted(),
    titles: inbox.body.items.map((item: { title: string }) => item.title).toSorted(),
    attributes: (await ask('GET', `/v1/users/${user}`)).attributes,
  };
}
