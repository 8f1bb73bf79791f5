import { IntlMessageFormat } from 'intl-messageformat';
import { filters as builtIn, type FilterImplOptions, type Liquid } from 'liquidjs';
import type { ProgramInput, TextKind } from '../../ports/template-engine.ts';
import { cssValue, Encoded, SafeHtml, safeUrl, toHtml, toMarkdownUrl, toText, urlPart } from './escape.ts';

type FilterHandler = Extract<FilterImplOptions, (...args: never[]) => unknown>;

/** Whom the running render is for. A thread renders one text at a time, so there is one. */
export interface Occasion {
  input: ProgramInput;
  messages: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const ALLOWED =
  'abs append at_least at_most capitalize ceil compact concat default divided_by downcase first floor join json last lstrip map minus modulo plus prepend reject remove remove_first replace replace_first reverse round rstrip size slice slugify sort sort_natural split strip strip_html strip_newlines sum times truncate truncatewords uniq upcase where'.split(
    ' ',
  );

const handlers = builtIn as unknown as Record<string, FilterImplOptions>;

/** Leaves nothing but the filters of the list, and adds ours. */
export function installFilters(liquid: Liquid, kind: TextKind, occasion: () => Occasion): void {
  for (const name of Object.keys(liquid.filters)) if (!ALLOWED.includes(name)) liquid.unregisterFilter(name);
  const register = (name: string, filter: FilterHandler) => liquid.registerFilter(name, filter);

  register('t', (key, ...args) => translate(occasion(), toText(key), named(args)));
  register('number', (value, style) => formatNumber(occasion().input, value, style));
  register('currency', (value, code, digits) => formatCurrency(occasion().input, value, code, digits));
  register('plural', (value, ...args) => choosePlural(occasion().input, value, args));
  register('date', function (value, format) {
    return formatDate.call(this, occasion().input, value, format);
  });
  register('url_encode', (value) => new Encoded(urlPart(value)));
  const address = (url: string) => (kind === 'markdown' ? new SafeHtml(toMarkdownUrl(url)) : url);
  register('_url', (value) => address(safeUrl(value)));
  register('_url_part', (value) => address(urlPart(value)));
  register('_code', (value) => new SafeHtml(toText(value).replaceAll('`', '´').replace(/\s+/g, ' ')));
  register('_code_block', (value) => new SafeHtml(toText(value).replaceAll('`', '´').replaceAll('~', '∼')));
  register('_css', cssValue);
  register('escape', (value) => (kind === 'html' ? new SafeHtml(toHtml(value)) : toText(value)));
  register('newline_to_br', (value) =>
    kind === 'html' ? new SafeHtml(toHtml(value).replace(/\r?\n/g, '<br>\n')) : toText(value),
  );
}

/** The first locale that has the message decides; a message nobody has shows its key, which is seen and can be found. */
function translate({ input, messages }: Occasion, key: string, values: Record<string, unknown>): string {
  for (const locale of input.locales) {
    const message = messages[locale]?.[key];
    if (message === undefined) continue;
    return toText(messageFormat(message, locale, input.timeZone).format(values as Record<string, string>));
  }
  return key;
}

const formats = new Map<string, IntlMessageFormat>();
const MAX_FORMATS = 2000;

function messageFormat(message: string, locale: string, timeZone: string): IntlMessageFormat {
  return remembered(formats, `${locale}\n${timeZone}\n${message}`, () => {
    // Tags in messages are text like everything else: the place they are put into escapes them.
    const zoned = { timeZone };
    return new IntlMessageFormat(message, locale, { date: zones(zoned), time: zones(zoned) }, { ignoreTag: true });
  });
}

function zones(zone: { timeZone: string }) {
  return {
    short: { ...zone, dateStyle: 'short' },
    medium: { ...zone, dateStyle: 'medium' },
    long: { ...zone, dateStyle: 'long' },
    full: { ...zone, dateStyle: 'full' },
  } as const;
}

const numberFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();
const pluralRules = new Map<string, Intl.PluralRules>();

function formatNumber({ locale }: ProgramInput, value: unknown, style: unknown): string {
  const number = asNumber(value);
  if (number === undefined) return toText(value);
  const options: Intl.NumberFormatOptions =
    style === 'percent'
      ? { style: 'percent', maximumFractionDigits: 1 }
      : style === 'compact'
        ? { notation: 'compact' }
        : typeof style === 'number'
          ? { minimumFractionDigits: digitsOf(style), maximumFractionDigits: digitsOf(style) }
          : {};
  return remembered(numberFormats, `${locale}|${String(style)}`, () => new Intl.NumberFormat(locale, options)).format(
    number,
  );
}

function formatCurrency({ locale }: ProgramInput, value: unknown, code: unknown, digits: unknown): string {
  const number = asNumber(value);
  if (number === undefined) return toText(value);
  const currency = typeof code === 'string' && /^[a-zA-Z]{3}$/.test(code) ? code.toUpperCase() : 'EUR';
  const fraction =
    typeof digits === 'number'
      ? { minimumFractionDigits: digitsOf(digits), maximumFractionDigits: digitsOf(digits) }
      : {};
  return remembered(
    numberFormats,
    `${locale}|${currency}|${String(digits)}`,
    () => new Intl.NumberFormat(locale, { style: 'currency', currency, ...fraction }),
  ).format(number);
}

const digitsOf = (digits: number) => Math.min(20, Math.max(0, Math.trunc(digits)));

/** `{{ n | plural: one: 'reply', other: 'replies' }}`, or the two words in this order. */
function choosePlural({ locale }: ProgramInput, value: unknown, args: unknown[]): string {
  const words = named(args);
  const [one, other] = args.filter((arg) => !Array.isArray(arg));
  const rule = remembered(pluralRules, locale, () => new Intl.PluralRules(locale)).select(asNumber(value) ?? 0);
  return toText(words[rule] ?? words.other ?? (rule === 'one' ? one : other) ?? '');
}

const DATE_STYLES: Record<string, Intl.DateTimeFormatOptions> = {
  short: { dateStyle: 'short' },
  medium: { dateStyle: 'medium' },
  long: { dateStyle: 'long' },
  full: { dateStyle: 'full' },
  time: { timeStyle: 'short' },
  datetime: { dateStyle: 'medium', timeStyle: 'short' },
  weekday: { weekday: 'long' },
  month: { month: 'long', year: 'numeric' },
};

/** A style of the list above in the words of the locale, or a pattern such as `%Y-%m-%d`; always in the zone of the user. */
function formatDate(
  this: ThisParameterType<FilterHandler>,
  input: ProgramInput,
  value: unknown,
  format: unknown,
): string {
  const at = asInstant(value, input.nowMs);
  if (!at) return toText(value);
  if (typeof format === 'string' && format.includes('%')) {
    const handler = handlers.date;
    const run = typeof handler === 'function' ? handler : handler?.handler;
    return toText(run?.call(this, at.toISOString(), format, input.timeZone));
  }
  const style = typeof format === 'string' && Object.hasOwn(DATE_STYLES, format) ? format : 'medium';
  return remembered(
    dateFormats,
    `${input.locale}|${input.timeZone}|${style}`,
    () => new Intl.DateTimeFormat(input.locale, { ...DATE_STYLES[style], timeZone: input.timeZone }),
  ).format(at);
}

// A year before 2001 in milliseconds is a later one in seconds.
const LARGEST_SECONDS = 1e11;

function asInstant(value: unknown, nowMs: number): Date | undefined {
  if (value === 'now' || value === 'today') return new Date(nowMs);
  const isNumber = typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));
  if (isNumber) {
    const number = Number(value);
    return validDate(new Date(Math.abs(number) < LARGEST_SECONDS ? number * 1000 : number));
  }
  return typeof value === 'string' ? validDate(new Date(value)) : undefined;
}

const validDate = (date: Date) => (Number.isNaN(date.getTime()) ? undefined : date);

function asNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}

/** `a: 1` reaches a filter as `['a', 1]`. */
function named(args: unknown[]): Record<string, unknown> {
  const pairs = args.filter((arg): arg is [string, unknown] => Array.isArray(arg) && typeof arg[0] === 'string');
  return Object.fromEntries(pairs);
}

function remembered<T>(memory: Map<string, T>, key: string, make: () => T): T {
  let known = memory.get(key);
  if (known === undefined) {
    known = make();
    if (memory.size >= MAX_FORMATS) memory.clear();
    memory.set(key, known);
  }
  return known;
}
