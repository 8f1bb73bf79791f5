import { createHash } from 'node:crypto';
import type { Branding, Channel, LocalMessages, TemplateVariable } from '@pulsestack/core';
import type { ProgramPart, TextKind } from '../../ports/template-engine.ts';
import type { Frame } from './layout.ts';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Content that was checked and prepared once, and is rendered many times. Plain data: it can be stored as JSON. */
export interface CompiledContent {
  /** The same id means the same content. */
  id: string;
  channel: Channel;
  /** Texts with Liquid by name: `subject`, `html`, `title`, `actions.0.label`, `data.3`. */
  parts: Record<string, ProgramPart>;
  /** Does an e-mail bring its own document, or is it put into a layout? */
  frame: 'own' | 'layout';
  layout: string | null;
  partials: string[];
  /** Keys of `t`; null when any may be asked for. */
  messageKeys: string[] | null;
  messages: LocalMessages;
  variables: TemplateVariable[];
  actions: { id: string; style: 'primary' | 'secondary' | 'danger' | null }[];
  /** JSON whose texts may hold Liquid; these are parts named `data.0`, `data.1` in the order of the walk. */
  data: Json | null;
  /** Paths to files in the data. */
  attachments: string[];
  /** Locale → what differs there; each is whole, whatever it has from its parents. */
  variants: Record<string, Variant>;
}

export type Variant = Pick<CompiledContent, 'parts' | 'frame' | 'layout' | 'actions' | 'variables'>;

/** What of a workspace goes into its messages: the look, layouts, partials and translations. */
export interface Setting {
  id: string;
  branding: Branding;
  layouts: Record<string, Frame>;
  partials: Record<string, Partial<Record<TextKind, string>>>;
  messages: LocalMessages;
}

export function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22);
}

/** Walks the texts of a JSON value that hold Liquid, and puts another value in the place of each. */
export function mapLiquid(value: Json, replace: (source: string) => Json): Json {
  if (typeof value === 'string') return /\{[{%]/.test(value) ? replace(value) : value;
  if (Array.isArray(value)) return value.map((one) => mapLiquid(one, replace));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mapLiquid(one, replace)]));
}

/** A text that is nothing but one output keeps the type of its value. */
export function kindOfValue(source: string): 'json' | 'plain' {
  return /^\{\{-?(?:[^{}"']|"[^"]*"|'[^']*')*\}\}$/.test(source) ? 'json' : 'plain';
}
