import { Action, NotificationInput, UserInput } from '@pulsestack/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TypeWriter } from './types.ts';

const write = (schema: z.ZodType, side: 'input' | 'output' = 'input') => new TypeWriter(new Map()).write(schema, side);

describe('types written from schemas', () => {
  it('lets a caller leave out what has a default, and promises it in the answer', () => {
    const schema = z.object({ limit: z.coerce.number().default(25), q: z.string().optional() });

    expect(write(schema, 'input')).toBe('{ limit?: number; q?: string }');
    expect(write(schema, 'output')).toBe('{ limit: number; q?: string }');
  });

  it('keeps an array of alternatives together', () => {
    expect(write(z.array(z.union([z.string(), z.number()])))).toBe('(string | number)[]');
    expect(write(z.array(z.object({ a: z.string().nullable() })))).toBe('{ a: string | null }[]');
  });

  it('writes what travels, not what it is turned into', () => {
    expect(write(z.email().transform((address) => address.toLowerCase()))).toBe('string');
    expect(write(z.preprocess((value) => value, z.number()))).toBe('number');
    expect(
      write(
        z
          .string()
          .transform((list) => list.split(','))
          .pipe(z.array(z.string())),
        'input',
      ),
    ).toBe('string');
  });

  it('gives a named schema two names where its sides differ, and one where they are the same', () => {
    const types = new TypeWriter(new Map([['UserInput', 'What may be said of a user.']]));

    expect(types.write(Action, 'output')).toBe('Action');
    expect(types.write(Action, 'input')).toBe('ActionInput');
    expect(types.write(UserInput, 'input')).toBe('UserInput');
    expect(types.declarations().join('\n')).toContain("style?: 'primary' | 'secondary' | 'danger'");
    expect(types.declarations().join('\n')).toContain(
      '/** What may be said of a user. */\nexport interface UserInput {',
    );
  });

  it('requires the keys of a record only where the record does', () => {
    const key = z.enum(['a', 'b']);
    expect(write(z.record(key, z.boolean()))).toBe("Record<'a' | 'b', boolean>");
    expect(write(z.partialRecord(key, z.boolean()))).toBe("Partial<Record<'a' | 'b', boolean>>");
  });

  it('declares every type that another one mentions', () => {
    const types = new TypeWriter(new Map());
    types.write(NotificationInput, 'input');
    const text = types.declarations().join('\n');

    for (const name of ['Audience', 'ActionInput', 'Priority'])
      expect(text).toMatch(new RegExp(`export (type|interface) ${name}\\b`));
  });

  it('refuses a kind of schema that it does not know, instead of writing something wrong', () => {
    expect(() => write(z.map(z.string(), z.string()))).toThrow('has no TypeScript for a schema of type "map"');
  });
});
