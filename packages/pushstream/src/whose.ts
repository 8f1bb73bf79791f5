/** Whose: everything whose `meta` has all of these. Without any it is everybody's. */
export type Whose = Readonly<Record<string, string>>;

type Meta = Readonly<Record<string, string>> | undefined;

/** Tables of values, one for each combination of names that was ever asked for; these are few, written in somebody's code. */
class Shelves<Table> {
  readonly #create: () => Table;
  readonly #shelves = new Map<string, { names: readonly string[]; table: Table }>();

  constructor(create: () => Table) {
    this.#create = create;
  }

  *all(): IterableIterator<{ names: readonly string[]; table: Table }> {
    yield* this.#shelves.values();
  }

  /** The table for these names, and whether it was just made. */
  for(names: readonly string[]): { table: Table; isNew: boolean } {
    const key = JSON.stringify(names);
    const known = this.#shelves.get(key);
    if (known) return { table: known.table, isNew: false };
    const table = this.#create();
    this.#shelves.set(key, { names, table });
    return { table, isNew: true };
  }
}

/** What is held by somebody, found at the cost of what is found, however much is held by others. */
export class Belongings<Item> {
  readonly #all = new Map<Item, Meta>();
  readonly #shelves = new Shelves(() => new Map<string, Set<Item>>());

  get size(): number {
    return this.#all.size;
  }

  add(item: Item, meta: Meta): void {
    this.#all.set(item, meta);
    for (const { names, table } of this.#shelves.all()) place(table, valuesOf(names, meta), item);
  }

  delete(item: Item): void {
    const meta = this.#all.get(item);
    this.#all.delete(item);
    for (const { names, table } of this.#shelves.all()) {
      const values = valuesOf(names, meta);
      const items = values === null ? undefined : table.get(values);
      items?.delete(item);
      if (values !== null && items?.size === 0) table.delete(values);
    }
  }

  of(whose: Whose): Item[] {
    const [names, values] = split(whose);
    const { table, isNew } = this.#shelves.for(names);
    if (isNew) for (const [item, meta] of this.#all) place(table, valuesOf(names, meta), item);
    return [...(table.get(values) ?? [])];
  }
}

/** Whose rights have ended, and when. A question costs one look for each combination of names, not one for each end. */
export class Revocations {
  readonly #shelves = new Shelves(() => new Map<string, number>());

  add(whose: Whose, at: number): void {
    const [names, values] = split(whose);
    const { table } = this.#shelves.for(names);
    // Taken out first, so that the oldest stand in front.
    table.delete(values);
    table.set(values, at);
  }

  /** Did whoever has this `meta` lose a right that was given at `givenAt`? */
  concern(meta: Meta, givenAt: number): boolean {
    for (const { names, table } of this.#shelves.all()) {
      const values = valuesOf(names, meta);
      const at = values === null ? undefined : table.get(values);
      if (at !== undefined && givenAt <= at) return true;
    }
    return false;
  }

  /** Forgets what ended up to then. */
  forget(upTo: number): void {
    for (const { table } of this.#shelves.all())
      for (const [values, at] of table) {
        if (at > upTo) break;
        table.delete(values);
      }
  }
}

function split(whose: Whose): [names: string[], values: string] {
  const entries = Object.entries(whose).sort(([one], [other]) => (one < other ? -1 : 1));
  return [entries.map(([name]) => name), JSON.stringify(entries.map(([, value]) => value))];
}

function valuesOf(names: readonly string[], meta: Meta): string | null {
  const values: string[] = [];
  for (const name of names) {
    const value = meta?.[name];
    if (value === undefined) return null;
    values.push(value);
  }
  return JSON.stringify(values);
}

function place<Item>(table: Map<string, Set<Item>>, values: string | null, item: Item): void {
  if (values === null) return;
  const items = table.get(values);
  if (items) items.add(item);
  else table.set(values, new Set([item]));
}
