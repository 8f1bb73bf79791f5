export interface ParsedEvent {
  name: string;
  data: string;
  /** The last id seen in the stream, which need not belong to this event. */
  id: string;
}

export interface ParserListener {
  onEvent: (event: ParsedEvent) => void;
  /** The stream's position moved, with or without an event. */
  onId?: (id: string) => void;
  onRetry?: (ms: number) => void;
}

export interface Parser {
  /** Takes the next piece of decoded text, cut anywhere. */
  push(text: string): void;
}

/** Reads an event stream as the HTML standard says (§9.2.6). What is not closed by an empty line at the end is discarded. */
export function createParser(listener: ParserListener): Parser {
  let line = '';
  let begun = false;
  // A CR ends a line at once; the LF that may follow it, perhaps in the next piece, belongs to the same end.
  let afterReturn = false;
  let name = '';
  let data = '';
  let hasData = false;
  let id = '';
  let lastId = '';

  return {
    push(text) {
      if (text === '') return;
      let from = 0;
      if (!begun) from = text.startsWith('\uFEFF') ? 1 : 0;
      else if (afterReturn && text.startsWith('\n')) from = 1;
      begun = true;
      afterReturn = text.endsWith('\r');
      const ends = /\r\n|\r|\n/g;
      ends.lastIndex = from;
      for (let end = ends.exec(text); end; end = ends.exec(text)) {
        takeLine(line + text.slice(from, end.index));
        line = '';
        from = ends.lastIndex;
      }
      line += text.slice(from);
    },
  };

  function takeLine(text: string): void {
    if (text === '') return dispatch();
    const colon = text.indexOf(':');
    if (colon === 0) return;
    if (colon < 0) return takeField(text, '');
    takeField(text.slice(0, colon), text.slice(text.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1));
  }

  function takeField(field: string, value: string): void {
    if (field === 'data') {
      data = hasData ? `${data}\n${value}` : value;
      hasData = true;
    } else if (field === 'event') name = value;
    else if (field === 'id' && !value.includes('\0')) id = value;
    else if (field === 'retry' && /^[0-9]+$/.test(value)) listener.onRetry?.(Number(value));
  }

  function dispatch(): void {
    const event = hasData ? { name: name || 'message', data, id } : null;
    name = '';
    data = '';
    hasData = false;
    if (id !== lastId) {
      lastId = id;
      if (!event) listener.onId?.(id);
    }
    if (event) listener.onEvent(event);
  }
}
