import { type Case, check, type Run, same } from '../case.ts';

export const textCases: Case[] = [
  carries(3, 'Data with LF arrives as it is', ['a\nb', '\n', 'a\n\nb']),
  carries(4, 'CR and CRLF become LF, and no field of their own', ['a\rb', 'a\r\nb', 'a\rdata: b', '\r']),
  carries(5, 'Line ends at the end are kept', ['x\n', 'x\n\n']),
  carries(6, 'Empty data is an event', ['']),
  carries(7, 'A space in front is kept', [' x', '  x', ' ']),
  carries(8, 'What looks like a field is text', [
    ':x',
    'id: 9',
    'event: a',
    'retry: 1',
    'data: x',
    'x\nid: 9\nevent: b',
  ]),
  {
    number: 9,
    title: 'A name with a line end in it is refused, and nothing is sent',
    needs: [],
    async run(run) {
      const reader = await run.read();
      for (const name of [`${run.name}\ndata: injected`, `${run.name}\r`, `${run.name}\u0000`, `${run.name}\nid: 9`])
        await refused(run, { name });
      await run.say('after');
      await run.hears(reader, 1);
      same(run.heard(reader), ['after'], 'what was heard');
      check(!reader.body.includes('injected'), 'a field was injected');
    },
  },
  {
    number: 10,
    title: 'An id with a line end or control characters in it is refused',
    needs: ['ids'],
    async run(run) {
      for (const id of ['a\nb', 'a\r', 'a\u0000', 'a\u0007', 'a\u202E']) await refused(run, { id });
    },
  },
  carries(11, 'A byte order mark in front of a text stays', ['\uFEFFx']),
  {
    number: 12,
    title: 'NUL arrives as it is, or is refused at the door',
    needs: [],
    async run(run) {
      const reader = await run.read();
      const { status } = await run.publish({ to: 'everyone', name: run.name, data: run.dataOf('a\u0000b') });
      if (status >= 400 && status < 500) return `refused with ${status}`;
      await run.hears(reader, 1);
      same(run.heard(reader), ['a\u0000b'], 'the text');
    },
  },
  {
    number: 13,
    title: 'Characters of several bytes survive a body that is read byte by byte',
    needs: [],
    async run(run) {
      const reader = await run.read();
      const text = '🙂 héé 漢字 𝄞'.repeat(50);
      await run.say(text);
      await run.hears(reader, 1);
      same(run.heard(reader), [text], 'the text');
      check(!reader.body.includes('\uFFFD'), 'a character was cut in two');
    },
  },
  {
    number: 14,
    title: 'A large event arrives whole; a larger one than allowed is 413',
    needs: ['maxEventBytes'],
    async run(run) {
      const most = run.can('maxEventBytes');
      const reader = await run.read();
      const text = 'x🙂'.repeat(Math.floor(Math.min(most * 0.9, 1_000_000) / 5));
      await run.say(text);
      await run.hears(reader, 1);
      check(run.heard(reader)[0] === text, 'the large text has changed');
      const { status } = await run.publish({
        to: 'everyone',
        name: run.name,
        data: run.dataOf('x'.repeat(most + 100)),
      });
      same(status, 413, 'the answer to too large a publication');
    },
  },
];

function carries(number: number, title: string, texts: readonly string[]): Case {
  return {
    number,
    title,
    needs: [],
    async run(run) {
      const reader = await run.read();
      for (const text of texts) await run.say(text);
      await run.hears(reader, texts.length);
      // Text that is sent as it is has its line ends made equal by the format.
      const expected = run.target.data === 'json' ? texts : texts.map((text) => text.replace(/\r\n?/g, '\n'));
      same(run.heard(reader), expected, 'the texts');
      same(
        reader.events.filter(
          ({ name }) => !name.startsWith('ps.') && name !== run.name && !name.startsWith('conformance.'),
        ).length,
        0,
        'events of other names',
      );
    },
  };
}

async function refused(run: Run, what: { name?: string; id?: string }): Promise<void> {
  const { status } = await run.publish({ to: 'everyone', name: run.name, data: run.dataOf('x'), ...what });
  check(status >= 400 && status < 500, `${JSON.stringify(what)} is answered with ${status}`);
}
