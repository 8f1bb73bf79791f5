import { LiquidSyntaxError, type Piece, splitLiquid } from '../../ports/liquid-source.ts';

/** Where an output stands in HTML, as far as it decides how its value is made safe. */
type Place = 'text' | 'attribute' | 'url-start' | 'url-part' | 'style';

interface State {
  at: 'text' | 'tag-name' | 'tag' | 'attribute-name' | 'after-name' | 'value' | 'raw-text' | 'comment';
  tag: string;
  closing: boolean;
  attribute: string;
  quote: string;
  /** Nothing of the attribute's value was written yet. */
  fresh: boolean;
}

const FILTERS: Record<Place, string> = {
  // The engine escapes every output that no filter of ours has made safe.
  text: '',
  attribute: '',
  'url-start': ' | _url',
  'url-part': ' | _url_part',
  style: ' | _css',
};

const URL_ATTRIBUTES = new Set([
  'href',
  'src',
  'action',
  'background',
  'cite',
  'formaction',
  'longdesc',
  'poster',
  'xlink:href',
  'data',
  'srcset',
  'ping',
  'usemap',
]);
const RAW_TEXT = new Set(['script', 'style', 'textarea', 'title', 'xmp', 'iframe', 'noembed', 'noframes', 'plaintext']);
const ESCAPABLE = new Set(['textarea', 'title']);

/**
 * Gives every output of an HTML source the filter its place needs, and refuses places where no filter makes a value safe:
 * scripts, event handlers, names of tags and attributes, values without quotes.
 */
export function placeOutputs(source: string): string {
  const state: State = { at: 'text', tag: '', closing: false, attribute: '', quote: '', fresh: false };
  const blocks: Block[] = [];
  let html = '';
  for (const piece of splitLiquid(source)) {
    if (piece.kind === 'text') {
      walk(state, piece.text);
      html += piece.text;
      continue;
    }
    if (piece.kind === 'tag') {
      followBranch(state, blocks, piece);
      if (piece.name === 'render') requireText(state, piece);
      html += piece.text;
      continue;
    }
    const filter = FILTERS[placeOf(state, piece)];
    state.fresh = false;
    html += filter ? `{{ ${piece.expression}${filter} }}` : piece.text;
  }
  if (state.at !== 'text')
    throw new LiquidSyntaxError(`the HTML ends inside ${describe(state)}`, source.split('\n').length);
  return html;
}

interface Block {
  opening: State;
  ends: State[];
  hasElse: boolean;
}

// Every branch begins where the condition began, and all must end in one place: only then is known what stands where.
function followBranch(state: State, blocks: Block[], piece: Piece & { kind: 'tag' }): void {
  if (/^(if|unless|case|for|capture)$/.test(piece.name)) {
    blocks.push({ opening: { ...state }, ends: [], hasElse: false });
    return;
  }
  const block = blocks.at(-1);
  if (!block) return;
  if (/^(else|elsif|when)$/.test(piece.name)) {
    block.ends.push({ ...state });
    block.hasElse ||= piece.name === 'else';
    Object.assign(state, block.opening);
    return;
  }
  if (!/^end(if|unless|case|for|capture)$/.test(piece.name)) return;
  blocks.pop();
  const ends = [...block.ends, ...(block.hasElse ? [] : [block.opening])];
  if (
    ends.some(
      (end) =>
        end.at !== state.at || end.quote !== state.quote || (end.attribute !== state.attribute && state.at === 'value'),
    )
  )
    throw new LiquidSyntaxError(
      `the branches before {% ${piece.name} %} end in different places of the HTML`,
      piece.line,
    );
  state.fresh = ends.every((end) => end.fresh) && state.fresh;
}

function placeOf(state: State, piece: Piece): Place {
  switch (state.at) {
    case 'text':
    case 'comment':
      return 'text';
    case 'raw-text':
      if (ESCAPABLE.has(state.tag)) return 'text';
      if (state.tag === 'style') return 'style';
      throw new LiquidSyntaxError(`a value cannot be placed into <${state.tag}>`, piece.line);
    case 'value': {
      if (!state.quote) throw new LiquidSyntaxError(`put quotes around the value of ${state.attribute}`, piece.line);
      if (/^on/.test(state.attribute) || state.attribute === 'srcdoc')
        throw new LiquidSyntaxError(`a value cannot be placed into ${state.attribute}`, piece.line);
      if (state.attribute === 'style') return 'style';
      if (!URL_ATTRIBUTES.has(state.attribute)) return 'attribute';
      return state.fresh ? 'url-start' : 'url-part';
    }
    case 'after-name':
      throw new LiquidSyntaxError(`put quotes around the value of ${state.attribute}`, piece.line);
    default:
      throw new LiquidSyntaxError(`a value cannot be placed into ${describe(state)}`, piece.line);
  }
}

function requireText(state: State, piece: Piece): void {
  if (state.at !== 'text')
    throw new LiquidSyntaxError(`a partial cannot be placed into ${describe(state)}`, piece.line);
}

function describe(state: State): string {
  if (state.at === 'raw-text') return `<${state.tag}>`;
  if (state.at === 'comment') return 'a comment';
  return state.at === 'value' ? `the value of ${state.attribute}` : 'a tag';
}

function walk(state: State, text: string): void {
  for (let i = 0; i < text.length; i++) {
    const character = text[i] as string;
    switch (state.at) {
      case 'text': {
        const next = text.indexOf('<', i);
        if (next === -1) return;
        i = next;
        // What Outlook reads in conditional comments is HTML like everything else.
        if (/^<!--\[if[^\]]*\]>/.test(text.slice(i, i + 60))) i = text.indexOf('>', i);
        else if (text.startsWith('<!--', i)) {
          const abrupt = /^<!--(-?>)/.exec(text.slice(i, i + 6));
          if (!abrupt) state.at = 'comment';
          i += abrupt ? abrupt[0].length - 1 : 3;
        } else if (i + 1 === text.length || text.slice(i) === '</') {
          // What follows would name a tag.
          Object.assign(state, { at: 'tag-name', tag: '', closing: false });
          return;
        } else if (/[a-zA-Z]/.test(text[i + 1] ?? '') || (text[i + 1] === '/' && /[a-zA-Z]/.test(text[i + 2] ?? ''))) {
          Object.assign(state, { at: 'tag-name', tag: '', closing: text[i + 1] === '/' });
          if (state.closing) i++;
        } else if (/[!?/]/.test(text[i + 1] ?? '')) {
          const end = text.indexOf('>', i);
          if (end === -1) {
            state.at = 'tag';
            return;
          }
          i = end;
        }
        break;
      }
      case 'tag-name':
        if (/[\s/>]/.test(character)) {
          state.at = 'tag';
          i--;
        } else state.tag += character.toLowerCase();
        break;
      case 'tag':
        if (character === '>') state.at = !state.closing && RAW_TEXT.has(state.tag) ? 'raw-text' : 'text';
        else if (!/[\s/]/.test(character)) {
          state.at = 'attribute-name';
          state.attribute = character.toLowerCase();
        }
        break;
      case 'attribute-name':
        if (character === '=') state.at = 'after-name';
        else if (character === '>') {
          state.at = 'tag';
          i--;
        } else if (/\s/.test(character)) {
          // A blank may stand before the equals sign.
          const rest = /^\s*=/.exec(text.slice(i));
          if (rest) i += rest[0].length - 1;
          state.at = rest ? 'after-name' : 'tag';
        } else if (character === '/') state.at = 'tag';
        else state.attribute += character.toLowerCase();
        break;
      case 'after-name':
        if (/\s/.test(character)) break;
        if (character === '>') {
          state.at = 'tag';
          i--;
          break;
        }
        state.at = 'value';
        state.fresh = true;
        state.quote = character === '"' || character === "'" ? character : '';
        if (!state.quote) i--;
        break;
      case 'value':
        if (state.quote ? character === state.quote : /[\s>]/.test(character)) {
          state.at = 'tag';
          if (!state.quote) i--;
        } else if (state.quote === '' || !/\s/.test(character)) state.fresh = false;
        break;
      case 'raw-text': {
        const end = text.slice(i).search(new RegExp(`</${state.tag}[\\s/>]`, 'i'));
        if (end === -1) return;
        i += end + 1;
        Object.assign(state, { at: 'tag-name', tag: '', closing: true });
        break;
      }
      case 'comment': {
        const end = /--!?>/.exec(text.slice(i));
        if (!end) return;
        i += end.index + end[0].length - 1;
        state.at = 'text';
      }
    }
  }
}
