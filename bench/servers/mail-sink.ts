import { createServer } from 'node:net';

/** Takes every mail as fast as SMTP allows and keeps none: what remains is the cost of the sending side. It says its port, and on SIGUSR2 how many it has. */
let taken = 0;
const server = createServer((socket) => {
  let inData = false;
  let rest = '';
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.write('220 sink\r\n');
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    rest += chunk;
    let answers = '';
    for (;;) {
      if (inData) {
        const end = rest.indexOf('\r\n.\r\n');
        if (end < 0) {
          rest = rest.slice(-4);
          break;
        }
        rest = rest.slice(end + 5);
        inData = false;
        taken++;
        answers += '250 taken\r\n';
        continue;
      }
      const end = rest.indexOf('\r\n');
      if (end < 0) break;
      const verb = rest.slice(0, 4).toUpperCase();
      rest = rest.slice(end + 2);
      if (verb === 'EHLO') answers += '250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n';
      else if (verb === 'DATA') {
        inData = true;
        answers += '354 go on\r\n';
      } else if (verb === 'QUIT') answers += '221 bye\r\n';
      else answers += '250 ok\r\n';
    }
    if (answers) socket.write(answers);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address ? address.port : 0 });
});
process.on('message', () => process.send?.({ taken }));
