import { closeStatement, From, type Message, message, readString, To } from './protocol.ts';

/** A statement the session keeps for every connection that prepared the same text. */
interface Shared {
  name: string;
  key: string;
  definition: Buffer;
  users: number;
}

/** The prepared statements of one connection, by the name the connection gave them. */
export type StatementNames = Map<string, Shared>;

/** What a cycle becomes when its statement names are those of the session. */
export interface Translation {
  bytes: Buffer[];
  /** ParseComplete for a statement the session already has, to stand before its answer. */
  prefix: Buffer | undefined;
  /** Call with the number of statements the session parsed. */
  settle(parsed: number): void;
}

const PARSE_COMPLETE = message(To.parseComplete);
// No statement has this name, so the session itself answers that there is none.
const NOWHERE = '?';

/**
 * Keeps the statement names of many connections apart on one session. Connections that prepare the same text share
 * one plan, because a pool of sixteen would otherwise keep sixteen copies of each in the memory of the database.
 */
export class PreparedStatements {
  private readonly byKey = new Map<string, Shared>();
  private made = 0;

  /** `continues` when the cycle goes on after a Flush, so its unnamed statement may be from before. */
  translate(cycle: readonly Message[], names: StatementNames, continues: boolean): Translation {
    const bytes: Buffer[] = [];
    const fresh: { own: string; shared: Shared | undefined }[] = [];
    const pending = new Map<string, Shared>();
    let unnamed = continues;
    let prefix: Buffer | undefined;
    const find = (own: string): string => {
      if (own === '') return unnamed ? '' : NOWHERE;
      return (pending.get(own) ?? names.get(own))?.name ?? NOWHERE + own;
    };

    for (const [position, part] of cycle.entries()) {
      const { type, body } = part;
      if (type === From.parse) {
        const own = readString(body);
        if (own === '') {
          unnamed = true;
          fresh.push({ own, shared: undefined });
          bytes.push(part.bytes);
          continue;
        }
        const definition = body.subarray(body.indexOf(0) + 1);
        const known = this.byKey.get(definition.toString('latin1'));
        if (known && !names.has(own) && position === 0 && !continues) {
          known.users++;
          names.set(own, known);
          prefix = PARSE_COMPLETE;
          continue;
        }
        // Preparing a name twice is the client's mistake; the session says so when it gets the name it has.
        const shared = names.get(own) ?? {
          name: `s${++this.made}`,
          key: known ? '' : definition.toString('latin1'),
          definition: Buffer.from(definition),
          users: 1,
        };
        if (!names.has(own)) pending.set(own, shared);
        fresh.push({ own, shared: names.has(own) ? undefined : shared });
        bytes.push(message(From.parse, `${shared.name}\0`, definition));
      } else if (type === From.bind) {
        const portalEnd = body.indexOf(0) + 1;
        const nameEnd = body.indexOf(0, portalEnd) + 1;
        bytes.push(
          message(
            From.bind,
            body.subarray(0, portalEnd),
            `${find(readString(body, portalEnd))}\0`,
            body.subarray(nameEnd),
          ),
        );
      } else if (type === From.describe && body[0] === 0x53) {
        bytes.push(message(From.describe, `S${find(readString(body, 1))}\0`));
      } else if (type === From.close && body[0] === 0x53) {
        bytes.push(closeStatement(this.release(names, readString(body, 1))));
      } else {
        bytes.push(part.bytes);
      }
    }

    const settle = (parsed: number): void => {
      for (const { own, shared } of fresh.slice(0, parsed)) {
        if (!shared) continue;
        names.set(own, shared);
        if (shared.key) this.byKey.set(shared.key, shared);
      }
    };
    return { bytes, prefix, settle };
  }

  /** Messages that free what a connection leaves behind. */
  releaseAll(names: StatementNames): Buffer[] {
    return [...names.keys()].map((own) => closeStatement(this.release(names, own)));
  }

  /** Messages that prepare everything again, for after something made the session forget. */
  prepareAgain(connections: Iterable<StatementNames>): Buffer[] {
    const all = new Map<string, Shared>();
    for (const names of connections) for (const shared of names.values()) all.set(shared.name, shared);
    return [...all.values()].map(({ name, definition }) => message(From.parse, `${name}\0`, definition));
  }

  private release(names: StatementNames, own: string): string {
    const shared = names.get(own);
    if (!shared) return NOWHERE + own;
    names.delete(own);
    if (--shared.users > 0) return NOWHERE + own;
    if (this.byKey.get(shared.key) === shared) this.byKey.delete(shared.key);
    return shared.name;
  }
}
