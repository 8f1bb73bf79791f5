import { From, type Message, MessageReader, type Refusal, readString } from './protocol.ts';
import { judge, type Listening, type Verdict } from './statement-rules.ts';

/** What a client sends before it waits: messages up to a Sync, a Flush or a simple query. */
export interface Cycle {
  messages: Message[];
  /** The client wants what there is but is not done. */
  continues: boolean;
  refusal: Refusal | undefined;
  listening: Listening[];
  /** The last statement in it, for people. */
  text: string;
}

const KNOWN_TYPES: ReadonlySet<number> = new Set(Object.values(From));
const ENDS: ReadonlySet<number> = new Set([From.sync, From.flush, From.query]);
const REMEMBERED_VERDICTS = 2_000;

/** The same statements come again and again, from every connection. */
const verdicts = new Map<string, Verdict>();

/** Cuts what one client writes into cycles, and judges their statements. */
export class CycleReader {
  private readonly reader = new MessageReader();
  private open: Message[] = [];

  /** Throws when the bytes are not the protocol. */
  *read(bytes: Buffer): Generator<Cycle> {
    for (const message of this.reader.read(bytes)) {
      // The goodbye of a client; its leaving is told apart from what it says.
      if (message.type === From.terminate) continue;
      if (!KNOWN_TYPES.has(message.type)) throw new Error(`message type ${message.type} has no meaning here`);
      this.open.push(message);
      if (!ENDS.has(message.type)) continue;
      const messages = this.open;
      this.open = [];
      yield cycleOf(messages);
    }
  }
}

function cycleOf(messages: Message[]): Cycle {
  const cycle: Cycle = {
    messages,
    continues: messages.at(-1)?.type === From.flush,
    refusal: undefined,
    listening: [],
    text: '',
  };
  for (const { type, body } of messages) {
    if (type !== From.parse && type !== From.query) continue;
    cycle.text = type === From.query ? readString(body) : readString(body, body.indexOf(0) + 1);
    const verdict = verdictOn(cycle.text);
    if (verdict.allowed) cycle.listening.push(...verdict.listening);
    else cycle.refusal = { severity: 'ERROR', code: '0A000', message: verdict.message, hint: verdict.hint };
  }
  return cycle;
}

function verdictOn(text: string): Verdict {
  let verdict = verdicts.get(text);
  if (!verdict) {
    verdict = judge(text);
    if (verdicts.size >= REMEMBERED_VERDICTS) verdicts.clear();
    verdicts.set(text, verdict);
  }
  return verdict;
}
