import { createServer } from 'node:http';
import { createFileLog } from '../src/file-log.ts';
import { createReference } from './reference-server.ts';

// The reference in a process of its own, so that it can be killed: node reference-process.ts <directory> <port>

const [directory = '', port = '0'] = process.argv.slice(2);
const log = await createFileLog({ directory });
const { stream, listener } = createReference({ log });
createServer(listener).listen(Number(port), '127.0.0.1', () => process.stdout.write('listening\n'));
process.on('SIGTERM', () => {
  void stream.close(1_000).then(() => process.exit(0));
});
