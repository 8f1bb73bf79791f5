// Stands in for curl on machines without it: method, headers, data and query as the guides use them.
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    request: { type: 'string', short: 'X' },
    header: { type: 'string', short: 'H', multiple: true, default: [] },
    data: { type: 'string', short: 'd' },
    include: { type: 'boolean', short: 'i' },
    silent: { type: 'boolean', short: 's' },
  },
});
const [address = ''] = positionals;
const response = await fetch(/^https?:/.test(address) ? address : `http://${address}`, {
  method: values.request ?? (values.data === undefined ? 'GET' : 'POST'),
  headers: values.header.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  body: values.data,
});
if (values.include)
  console.log(
    [`HTTP/1.1 ${response.status}`, ...[...response.headers].map(([name, value]) => `${name}: ${value}`)].join('\n'),
  );
console.log(await response.text());
process.exitCode = response.ok ? 0 : 22;
