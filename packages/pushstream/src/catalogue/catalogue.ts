import { isEventName } from '../frame.ts';
import { type DataOf, type EventSchema, type JsonSchema, type Misfit, misfitOf, toJsonSchema } from './schema.ts';

/** An event as it is declared: its schema, or the schema with what people should know. */
export type EventDeclaration =
  | EventSchema
  | {
      schema: EventSchema;
      /** One sentence: when it happens. */
      summary?: string;
      tags?: readonly string[];
      /** It still works, and will not for ever: say what to use instead. */
      deprecated?: string;
    };

type SchemaOf<Declaration> = Declaration extends { schema: infer Schema } ? Schema : Declaration;

/** One declared event, with its schema as JSON Schema. */
export interface DeclaredEvent {
  name: string;
  summary: string;
  tags: readonly string[];
  deprecated: string | null;
  schema: JsonSchema;
}

/** Event names and the types of their data: `createEventStream<EventsOf<typeof catalogue>>`. */
export type EventsOf<C> =
  C extends Catalogue<infer Declarations>
    ? { [Name in keyof Declarations & string]: DataOf<SchemaOf<Declarations[Name]>> }
    : never;

export interface Catalogue<Declarations extends Record<string, EventDeclaration> = Record<string, EventDeclaration>> {
  readonly declarations: Declarations;
  readonly events: readonly DeclaredEvent[];
  /** What is wrong with this event, or null. An event that was not declared is wrong. */
  check(name: string, data: unknown): Misfit | null;
}

/**
 * Declares the events of an application. Given to `createPushStream({ catalogue })`, whatever does not fit is not published.
 *
 * ```ts
 * const catalogue = defineEvents({
 *   'order.shipped': { summary: 'A parcel left the warehouse', schema: z.object({ id: z.string() }) },
 * });
 * ```
 */
export function defineEvents<const Declarations extends Record<string, EventDeclaration>>(
  declarations: Declarations,
): Catalogue<Declarations> {
  const schemas = new Map<string, EventSchema>();
  const events: DeclaredEvent[] = [];
  for (const [name, declaration] of Object.entries(declarations)) {
    if (!isEventName(name))
      throw new TypeError(`An event is named domain.action, such as order.shipped; ${JSON.stringify(name)} is not.`);
    const {
      schema,
      summary = '',
      tags = [],
      deprecated,
    } = '~standard' in declaration ? { schema: declaration } : declaration;
    schemas.set(name, schema);
    events.push({ name, summary, tags, deprecated: deprecated ?? null, schema: toJsonSchema(schema) });
  }
  return {
    declarations,
    events,
    check(name, data) {
      const schema = schemas.get(name);
      if (!schema) return { message: `The event ${JSON.stringify(name)} is not declared in the catalogue.`, path: '' };
      return misfitOf(schema, data);
    },
  };
}
