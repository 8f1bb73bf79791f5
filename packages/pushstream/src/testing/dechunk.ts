/** Takes the framing off a body in chunks, cut anywhere. */
export function createDechunker(): (bytes: Buffer) => Buffer {
  let held: Buffer = Buffer.alloc(0);
  let left = 0;
  return (bytes) => {
    held = held.length > 0 ? Buffer.concat([held, bytes]) : bytes;
    const parts: Buffer[] = [];
    for (;;) {
      if (left > 0) {
        const part = held.subarray(0, left);
        parts.push(part);
        held = held.subarray(part.length);
        left -= part.length;
        if (left > 0) break;
      }
      // What ends a chunk stands before the size of the next.
      const from = held[0] === 13 && held[1] === 10 ? 2 : 0;
      const end = held.indexOf('\r\n', from);
      if (end < 0) break;
      left = Number.parseInt(held.toString('latin1', from, end), 16);
      held = held.subarray(end + 2);
      if (!(left > 0)) break;
    }
    return Buffer.concat(parts);
  };
}
