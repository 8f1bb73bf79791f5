import type { WorkflowInput } from '@pulsestack/core';
import { expect } from 'vitest';
import type { Answer, TestApp } from '../../../testing/index.ts';

export { inApp } from './in-app.ts';

/** The words in which tests of workflows tell their story, through the API. */
export function tell(app: TestApp) {
  const made = (answer: Answer, status: number) => {
    expect(answer.status, JSON.stringify(answer.body)).toBe(status);
    return answer.body;
  };
  return {
    /** Saves and publishes a workflow. */
    async define(definition: WorkflowInput): Promise<void> {
      const { key, ...body } = definition;
      made(await app.call('PUT', `/v1/workflows/${key}`, { body }), 200);
      made(await app.call('POST', `/v1/workflows/${key}/publish`, { body: {} }), 200);
    },
    /** Triggers a workflow by its key; resolves to the id of the event. */
    async start(key: string, to: unknown, payload: object = {}, more: object = {}): Promise<string> {
      const body = { to, payload, ...more };
      return made(await app.call('POST', `/v1/workflows/${key}/trigger`, { body }), 202).id;
    },
    async send(name: string, to: unknown, payload: object = {}, more: object = {}): Promise<Answer['body']> {
      const body = { name, ...(to === undefined ? {} : { to }), payload, ...more };
      return made(await app.call('POST', '/v1/events', { body }), 202);
    },
    async runs(query: string): Promise<Answer['body'][]> {
      return made(await app.call('GET', `/v1/runs?limit=100&${query}`), 200).items;
    },
    /** The one run of an event, with its trace. */
    async run(event: string): Promise<Answer['body']> {
      const { items } = made(await app.call('GET', `/v1/runs?event=${event}`), 200);
      expect(items).toHaveLength(1);
      return made(await app.call('GET', `/v1/runs/${items[0].id}`), 200);
    },
    /** The titles in an inbox, the newest last. */
    async titles(user: string): Promise<string[]> {
      const { items } = made(await app.call('GET', '/v1/inbox?limit=100', { as: await app.home.user(user) }), 200);
      return items.map((item: { title: string }) => item.title).toReversed();
    },
    async settle(): Promise<void> {
      await app.settle();
      await app.settle();
    },
    /** Moves the clock and works off what has come due. */
    async pass(ms: number): Promise<void> {
      app.clock.advance(ms);
      await app.settle();
      await app.settle();
    },
    codes: (run: Answer['body']): string[] => run.trace.map((line: { code: string }) => line.code),
  };
}

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
