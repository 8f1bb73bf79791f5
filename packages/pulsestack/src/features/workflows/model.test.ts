import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Channel, Step } from '@pulsestack/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import {
  answerTo,
  armless,
  ECHO,
  ENDPOINTS,
  interpretSimply,
  PAYLOAD,
  programs,
  toWorkflow,
} from './testing/programs.ts';
import { SECOND, tell } from './testing/story.ts';

/** Channels differ in what they render and in nothing that matters here: one that is there, and one that nobody provides. */
const KINDS: Record<Exclude<Step['type'], Channel> | 'in_app' | 'sms', true> = {
  in_app: true,
  sms: true,
  delay: true,
  digest: true,
  throttle: true,
  wait: true,
  branch: true,
  split: true,
  loop: true,
  stop: true,
  http: true,
  code: true,
  update_user: true,
  update_topic: true,
  invoke: true,
};
const PROGRAMS = 12;
const CRASHES = 8;

describe.each(databases)('any workflow on the %s database', (database) => {
  let app: TestApp;
  let story: ReturnType<typeof tell>;
  let server: Server;
  let url: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const { status, body } = answerTo(request.url);
      response.writeHead(status).end(body);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    app = await testApp({ database, timers: false });
    story = tell(app);
    await story.define(ECHO);
    for (const [key, path] of Object.entries(ENDPOINTS))
      await app.call('POST', '/v1/workflow-endpoints', { body: { key, url: `${url}/${path}` } });
  });
  afterAll(async () => {
    await app.close();
    server.close();
  });

  it('ends under random crashes exactly as a simple interpreter says', async () => {
    let number = 0;
    const crashes = fc.array(fc.nat(9), { minLength: CRASHES, maxLength: CRASHES });
    await fc.assert(
      fc.asyncProperty(programs, crashes, async (program, moments) => {
        const key = `model-${number++}`;
        const user = `${key}-user`;
        await story.define(toWorkflow(key, program, url));
        const event = await story.start(key, user, PAYLOAD);
        for (const moment of moments) {
          // A process that dies holds its leases and has committed some of its work; another goes on when they run out.
          if (moment < 3) await dieMidway(app, moment);
          app.clock.advance(61 * SECOND);
          await app.settle();
        }
        await app.advance('2d');
        const run = await story.run(event);
        const { attributes } = (await app.call('GET', `/v1/users/${user}`)).body;
        const topics = await app.runtime.database.pool.query<{ topic: string }>({
          text: 'select topic from topic_subscriptions where workspace_id = $1 and user_id = $2',
          values: [app.home.id, user],
        });
        expect(
          {
            state: run.state,
            titles: (await story.titles(user)).map(armless).toSorted(),
            attributes: Object.keys(attributes).map(armless).toSorted(),
            topics: topics.rows.map(({ topic }) => armless(topic.slice(key.length + 1))).toSorted(),
          },
          JSON.stringify(program),
        ).toEqual(interpretSimply(program));
      }),
      { seed: 4, numRuns: PROGRAMS },
    );
  }, 120_000);

  it('may have any kind of step there is', () => {
    const seen = new Set<string>();
    const look = (steps: readonly object[]): void => {
      for (const step of steps as {
        type: string;
        branches?: { steps: object[] }[];
        arms?: { steps: object[] }[];
        steps?: object[];
      }[]) {
        seen.add(step.type);
        look(step.steps ?? []);
        for (const { steps: inside } of [...(step.branches ?? []), ...(step.arms ?? [])]) look(inside);
      }
    };
    for (const program of fc.sample(programs, { seed: 4, numRuns: 200 }))
      look(toWorkflow('any', program, url).steps as object[]);
    expect([...seen].toSorted()).toEqual(Object.keys(KINDS).toSorted());
  });
});

/** Takes what is ready under a lease that nobody will ever work on, as a process does that dies. */
async function dieMidway(app: TestApp, kind: number): Promise<void> {
  const until = new Date(app.clock.nowMs() + 60 * SECOND);
  const state = kind === 0 ? 'ready' : 'waiting';
  await app.runtime.database.pool.query(
    `update runs set state = 'running', lease = 'dead', leased_until = $1 where state = $2 and ($2 = 'ready' or due_at <= $3)`,
    [until, state, app.clock.now()],
  );
}
