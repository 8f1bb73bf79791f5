import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, freePort } from '@pulsestack/testing';
import { stampedText } from './stamp.ts';

const NGINX = process.env.BENCH_NGINX ?? '/usr/sbin/nginx';
const MODULE = process.env.BENCH_NCHAN ?? '/usr/lib/nginx/modules/ngx_nchan_module.so';

/** Why nchan is not compared, or null. */
export function nchanMissing(): string | null {
  const absent = [NGINX, MODULE].find((file) => !existsSync(file));
  if (!absent) return null;
  return `${absent} is not installed, so nchan is left out: apt-get install nginx libnginx-mod-nchan, or set BENCH_NGINX and BENCH_NCHAN.`;
}

/** nginx with the module nchan and one worker, told what to publish over one connection of HTTP. */
export class Nchan {
  readonly pid: number;
  readonly port: number;
  readonly #master: ChildProcess;
  readonly #directory: string;
  readonly #publisher: Socket;

  static async start(): Promise<Nchan> {
    const port = await freePort();
    const directory = mkdtempSync(join(tmpdir(), 'pushstream-bench-'));
    const file = join(directory, 'nginx.conf');
    writeFileSync(file, configuration(port, directory));
    const master = spawn(NGINX, ['-p', directory, '-c', file, '-e', 'stderr'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const worker = await eventually('a worker of nginx', () => {
      const children = readFileSync(`/proc/${master.pid}/task/${master.pid}/children`, 'latin1').trim();
      return children === '' ? undefined : Number(children.split(' ')[0]);
    });
    process.once('exit', () => master.kill('SIGTERM'));
    const publisher = connect(port, '127.0.0.1');
    await once(publisher, 'connect');
    publisher.setNoDelay(true);
    publisher.resume();
    return new Nchan(worker, port, master, directory, publisher);
  }

  private constructor(pid: number, port: number, master: ChildProcess, directory: string, publisher: Socket) {
    this.pid = pid;
    this.port = port;
    this.#master = master;
    this.#directory = directory;
    this.#publisher = publisher;
  }

  publish(events: number, bytes: number, timed: boolean): void {
    const body = JSON.stringify(stampedText(bytes, timed));
    const request = `POST /publish HTTP/1.1\r\nHost: b\r\nX-EventSource-Event: bench.event\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    this.#publisher.write(request.repeat(events));
  }

  async settle(): Promise<void> {}

  async close(): Promise<void> {
    this.#publisher.destroy();
    const ended = once(this.#master, 'exit');
    this.#master.kill('SIGTERM');
    await ended;
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

// It keeps as many events as the other contenders replay, not only the ten of its default.
function configuration(port: number, directory: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
load_module ${MODULE};
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid ${directory}/nginx.pid;
error_log stderr error;
events { worker_connections 19000; }
http {
  access_log off;
  keepalive_requests 1000000000;
  # While the others have their turns, the publisher says nothing.
  keepalive_timeout 1d;
  client_body_buffer_size 64k;
  ${temporary.map((name) => `${name}_temp_path ${directory}/${name};`).join('\n  ')}
  nchan_shared_memory_size 256m;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = /publish {
      nchan_publisher;
      nchan_channel_id bench;
      nchan_message_buffer_length 1000;
      nchan_message_timeout 1h;
    }
    location = / {
      nchan_subscriber eventsource;
      nchan_channel_id bench;
      nchan_subscriber_first_message newest;
    }
  }
}
`;
}
