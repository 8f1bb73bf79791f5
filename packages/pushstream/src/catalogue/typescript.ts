import type { DeclaredEvent } from './catalogue.ts';
import type { JsonSchema } from './schema.ts';

const HEAD = '// Written by the event catalogue; edit the catalogue instead.\n';

/** The types of events for readers: one interface each, and `Events` for `createEventStream<Events>`. */
export function writeClientTypes(events: readonly DeclaredEvent[]): string {
  const sorted = inOrder(events);
  const types = sorted.map(
    (event) => `${comment(event)}export type ${typeName(event.name)} = ${typeOf(event.schema, event.schema, 0)};\n`,
  );
  const map = sorted.map((event) => `  ${JSON.stringify(event.name)}: ${typeName(event.name)};\n`).join('');
  return `${HEAD}\n${types.join('\n')}\n/** Every event by its name: \`createEventStream<Events>({ url })\`. */\nexport type Events = {\n${map}};\n`;
}

/** Classes of events for those who publish: `publish(target, new OrderShipped({ id }))`. */
export function writeEventClasses(events: readonly DeclaredEvent[]): string {
  const classes = inOrder(events).map((event) => {
    const name = typeName(event.name);
    return `${comment(event)}export class ${name}Event {
  static readonly eventName = ${JSON.stringify(event.name)};
  readonly name = ${name}Event.eventName;
  readonly data: ${name};

  constructor(data: ${name}) {
    this.data = data;
  }
}
`;
  });
  return `${writeClientTypes(events)}\n${classes.join('\n')}`;
}

function inOrder(events: readonly DeclaredEvent[]): DeclaredEvent[] {
  return [...events].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function comment({ summary, deprecated }: DeclaredEvent): string {
  const lines = [summary, deprecated ? `@deprecated ${deprecated}` : '']
    .filter(Boolean)
    .map((line) => line.replaceAll('*/', '*\\/'));
  if (lines.length === 0) return '';
  return lines.length === 1 ? `/** ${lines[0]} */\n` : `/**\n${lines.map((line) => ` * ${line}\n`).join('')} */\n`;
}

/** `order.line-item.shipped` becomes `OrderLineItemShipped`. */
export function typeName(eventName: string): string {
  return eventName
    .split(/[._-]/)
    .filter(Boolean)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
    .replace(/^(?=\d)/, '_');
}

/** A schema as a TypeScript type, indented as it stands inside of `depth` braces. */
export function writeType(schema: JsonSchema, depth = 0): string {
  return typeOf(schema, schema, depth);
}

const MAX_DEPTH = 24;
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

function typeOf(schema: JsonSchema | boolean, root: JsonSchema, depth: number): string {
  if (typeof schema === 'boolean' || depth > MAX_DEPTH) return 'unknown';
  if (typeof schema.$ref === 'string') {
    const found = schema.$ref.startsWith('#/$defs/') ? root.$defs?.[schema.$ref.slice('#/$defs/'.length)] : undefined;
    return found ? typeOf(found, root, depth + 1) : 'unknown';
  }
  if ('const' in schema) return literal(schema.const);
  if (schema.enum) return schema.enum.map(literal).join(' | ') || 'never';
  const choice = schema.anyOf ?? schema.oneOf;
  if (choice) return choice.map((one) => typeOf(one, root, depth + 1)).join(' | ');
  if (schema.allOf) return schema.allOf.map((one) => `(${typeOf(one, root, depth + 1)})`).join(' & ');
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  return types.map((type: string | undefined) => simple(type, schema, root, depth)).join(' | ');
}

function simple(type: string | undefined, schema: JsonSchema, root: JsonSchema, depth: number): string {
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'number':
    case 'integer':
      return 'number';
    case 'array':
      return arrayOf(schema, root, depth);
    case 'object':
      return objectOf(schema, root, depth);
    default:
      return schema.properties ? objectOf(schema, root, depth) : 'unknown';
  }
}

function arrayOf(schema: JsonSchema, root: JsonSchema, depth: number): string {
  if (schema.prefixItems) return `[${schema.prefixItems.map((one) => typeOf(one, root, depth + 1)).join(', ')}]`;
  return `Array<${schema.items === undefined ? 'unknown' : typeOf(schema.items, root, depth + 1)}>`;
}

function objectOf(schema: JsonSchema, root: JsonSchema, depth: number): string {
  const pad = '  '.repeat(depth + 1);
  const fields = Object.entries(schema.properties ?? {}).map(([key, inner]) => {
    const optional = schema.required?.includes(key) ? '' : '?';
    return `${pad}${IDENTIFIER.test(key) ? key : JSON.stringify(key)}${optional}: ${typeOf(inner, root, depth + 1)};\n`;
  });
  const { additionalProperties: more } = schema;
  if (fields.length === 0)
    return `Record<string, ${typeof more === 'object' ? typeOf(more, root, depth + 1) : 'unknown'}>`;
  return `{\n${fields.join('')}${'  '.repeat(depth)}}`;
}

function literal(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'unknown' : JSON.stringify(value);
}
