import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpFailure } from '../ports/http-client.ts';
import { createOutgoing, isPublic } from './outgoing.ts';

const PRIVATE_V4 = [
  '0.0.0.0',
  '10.0.0.1',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.1.2',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '192.0.2.1',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
];
const PRIVATE_V6 = [
  '::',
  '::1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'ff02::1',
  '2001:db8::1',
  '64:ff9b::7f00:1',
  '::ffff:127.0.0.1',
  '::ffff:a00:1',
  '::7f00:1',
  '2002:7f00:1::',
  '2001::1',
  'fec0::1',
  '100::1',
];
const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '93.184.216.34',
  '2606:4700:4700::1111',
  '2a00:1450:4001:80b::200e',
  '::ffff:8.8.8.8',
];

describe('addresses', () => {
  it.each([...PRIVATE_V4, ...PRIVATE_V6])('%s is not on the public internet', (address) => {
    expect(isPublic(address)).toBe(false);
  });
  it.each(PUBLIC)('%s is', (address) => {
    expect(isPublic(address)).toBe(true);
  });
  it('takes nothing that is no address for one', () => {
    fc.assert(fc.property(fc.string(), (text) => !isPublic(text) || /^[\d.:a-f]+$/i.test(text)));
  });
});

/** The ways in which one and the same IPv4 address is written in URLs. */
function formsOf(bytes: readonly [number, number, number, number]): string[] {
  const [a, b, c, d] = bytes;
  const whole = ((a * 256 + b) * 256 + c) * 256 + d;
  const hex = (n: number) => `0x${n.toString(16)}`;
  const octal = (n: number) => `0${n.toString(8)}`;
  return [
    bytes.join('.'),
    `${bytes.join('.')}.`,
    String(whole),
    hex(whole),
    octal(whole),
    bytes.map(hex).join('.'),
    bytes.map(octal).join('.'),
    `${a}.${b}.${c * 256 + d}`,
    `${a}.${(b * 256 + c) * 256 + d}`,
    `[::ffff:${bytes.join('.')}]`,
    `[::ffff:${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}]`,
    `[0:0:0:0:0:ffff:${bytes.join('.')}]`,
    `[64:ff9b::${bytes.join('.')}]`,
    `[::${bytes.join('.')}]`,
  ];
}

describe('the client for addresses that users have chosen', () => {
  const guarded = createOutgoing({
    allowPrivateNetworks: false,
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
  });
  const byte = fc.integer({ min: 0, max: 255 });
  const privateBytes = fc.oneof(
    fc.tuple(fc.constant(127), byte, byte, byte),
    fc.tuple(fc.constant(10), byte, byte, byte),
    fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
    fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), byte, byte),
    fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
    fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), byte, byte),
    fc.tuple(fc.constant(0), byte, byte, byte),
  );
  afterAll(() => guarded.close());

  it('refuses private addresses in every form they are written in', async () => {
    await fc.assert(
      fc.asyncProperty(privateBytes, async (bytes) => {
        for (const form of formsOf(bytes)) {
          const refused = await guarded.request({ url: `http://${form}/` }).catch((error: unknown) => error);
          expect(refused, form).toBeInstanceOf(HttpFailure);
          expect((refused as HttpFailure).kind, form).toBe('refused');
        }
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    'http://localhost/',
    'http://printer.localhost/',
    'http://metadata.google.internal/',
    'http://[::1]/',
    'http://[fd00::1]/',
  ])('refuses %s, whatever the name is', async (url) => {
    await expect(guarded.request({ url })).rejects.toMatchObject({ kind: 'refused' });
  });

  it.each(['ftp://example.com/', 'file:///etc/passwd', 'gopher://example.com', 'not an address', ''])(
    'asks only over http and https, not %s',
    async (url) => {
      await expect(guarded.request({ url })).rejects.toMatchObject({ kind: 'refused' });
    },
  );

  it('refuses a name one of whose addresses is private', async () => {
    const mixed = createOutgoing({
      allowPrivateNetworks: false,
      resolve: async () => [
        { address: '93.184.216.34', family: 4 },
        { address: '10.0.0.1', family: 4 },
      ],
    });
    await expect(mixed.request({ url: 'http://mixed.example/' })).rejects.toMatchObject({ kind: 'refused' });
  });

  it('tells neither path nor credentials when it fails', async () => {
    const nowhere = createOutgoing({ allowPrivateNetworks: true });
    const error = await nowhere
      .request({ url: 'http://user:secret@127.0.0.1:1/path?token=hidden' })
      .catch((one: Error) => one);
    expect(String((error as Error).message)).not.toMatch(/secret|hidden|path/);
    nowhere.close();
  });
});

describe('an answer', () => {
  let server: Server;
  let base: string;
  const asked: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.headers.host} ${request.url} ${request.headers.authorization ?? '-'}`);
      if (request.url === '/redirect') response.writeHead(302, { location: '/here' }).end();
      else if (request.url === '/inside') response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end();
      else if (request.url === '/long') response.end('x'.repeat(100_000));
      else if (request.url === '/slow') setTimeout(() => response.end(), 5000).unref();
      else response.end(`hello ${request.headers.host}`);
    });
    await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('comes from the address that was checked, though the name means another one by now', async () => {
    let lookups = 0;
    const client = createOutgoing({
      allowPrivateNetworks: true,
      resolve: async () => [{ address: lookups++ === 0 ? '127.0.0.1' : '127.0.0.9', family: 4 }],
    });
    const port = new URL(base).port;
    const answer = await client.request({ url: `http://rebinding.example:${port}/` });
    expect([answer.body, lookups]).toEqual([`hello rebinding.example:${port}`, 1]);
    client.close();
  });

  it('may be a redirect; followed, it is checked like the first address', async () => {
    const client = createOutgoing({ allowPrivateNetworks: true });
    expect((await client.request({ url: `${base}/redirect` })).status).toBe(302);
    expect(await client.request({ url: `${base}/redirect`, redirects: 1 })).toMatchObject({ status: 200 });
    client.close();
    const guarded = createOutgoing({ allowPrivateNetworks: false, allows: (address) => address === '127.0.0.1' });
    expect(await guarded.request({ url: `${base}/inside` })).toMatchObject({ status: 302 });
    await expect(guarded.request({ url: `${base}/inside`, redirects: 3 })).rejects.toMatchObject({ kind: 'refused' });
    guarded.close();
  });

  it('is read as far as is allowed and waited for as long as is allowed', async () => {
    const client = createOutgoing({ allowPrivateNetworks: true });
    expect(await client.request({ url: `${base}/long`, maxBytes: 1000 })).toMatchObject({ truncated: true });
    expect((await client.request({ url: `${base}/long` })).body).toHaveLength(100_000);
    await expect(client.request({ url: `${base}/slow`, timeoutMs: 50 })).rejects.toMatchObject({ kind: 'timeout' });
    client.close();
  });

  it('fails at once when the server changes the protocol, or when it cannot be written as HTTP', async () => {
    const client = createOutgoing({ allowPrivateNetworks: true });
    const server = createTcpServer((socket) =>
      socket.on('data', () => socket.write('HTTP/1.1 101 So be it\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n')),
    );
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    await expect(client.request({ url: `http://127.0.0.1:${port}/` })).rejects.toMatchObject({ kind: 'network' });
    server.close();
    await expect(client.request({ url: base, headers: { 'x-name': 'a\r\nb' } })).rejects.toMatchObject({
      kind: 'refused',
    });
    await expect(client.request({ url: base.replace('://', '://%ff@') })).rejects.toMatchObject({ kind: 'refused' });
    client.close();
  });

  it('keeps the credentials of an address with it', async () => {
    const client = createOutgoing({ allowPrivateNetworks: true });
    await client.request({ url: base.replace('://', '://me:word@') });
    expect(asked.at(-1)).toContain(`Basic ${Buffer.from('me:word').toString('base64')}`);
    client.close();
  });
});
