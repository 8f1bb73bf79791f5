import { type FormEvent, useRef, useState } from 'react';
import { ApiError } from '../api/http.ts';

export interface Bound<Value> {
  name: string;
  value: Value;
  error: string | undefined;
  change(value: Value): void;
  blur(): void;
}

type Checks<Values> = { [Name in keyof Values]?: (value: Values[Name], all: Values) => string | undefined };

export interface FormOptions<Values> {
  initial: Values;
  checks?: Checks<Values>;
  /** Where a field of the request is shown, when its name here is another: `{ '/audience/users': 'users' }`. */
  fields?: Record<string, keyof Values & string>;
  submit(values: Values): Promise<void>;
}

export interface Form<Values> {
  values: Values;
  isBusy: boolean;
  isDirty: boolean;
  /** What went wrong and belongs to no field. */
  problem: Error | null;
  bind<Name extends keyof Values & string>(name: Name): Bound<Values[Name]>;
  set<Name extends keyof Values & string>(name: Name, value: Values[Name]): void;
  /** Checks everything; true when it may be sent. Moves the focus to the first field at fault. */
  check(): boolean;
  submit(event?: FormEvent): Promise<void>;
  reset(values?: Values): void;
}

/** Values, checks on leaving a field and on submit, and the server's complaints at the field they are about. */
export function useForm<Values extends object>(options: FormOptions<Values>): Form<Values> {
  type Name = keyof Values & string;
  const [start, setStart] = useState(options.initial);
  const [values, setValues] = useState(options.initial);
  const [errors, setErrors] = useState<Partial<Record<Name, string>>>({});
  const [problem, setProblem] = useState<Error | null>(null);
  const [isBusy, setBusy] = useState(false);
  // Ahead of the state, so that several changes within one event build on each other.
  const latest = useRef(values);

  function complaintOf(name: Name, all: Values): string | undefined {
    return options.checks?.[name]?.(all[name], all);
  }

  function setError(name: Name, error: string | undefined): void {
    setErrors((now) => ({ ...now, [name]: error }));
  }

  function set<N extends Name>(name: N, value: Values[N]): void {
    latest.current = { ...latest.current, [name]: value };
    setValues(latest.current);
    // A complaint goes as soon as it no longer holds; a new one waits until the field is left.
    if (errors[name] !== undefined) setError(name, complaintOf(name, latest.current));
  }

  function check(): boolean {
    const found: Partial<Record<Name, string>> = {};
    for (const name of Object.keys(latest.current) as Name[]) {
      const complaint = complaintOf(name, latest.current);
      if (complaint !== undefined) found[name] = complaint;
    }
    setErrors(found);
    if (Object.keys(found).length === 0) return true;
    requestAnimationFrame(() => document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
    return false;
  }

  function takeRefusal(error: unknown): void {
    if (!(error instanceof ApiError)) return setProblem(error instanceof Error ? error : new Error(String(error)));
    const atFields: Partial<Record<Name, string>> = {};
    let isPlaced = error.errors.length > 0;
    for (const { field, message } of error.errors) {
      const name = placeOf(field);
      if (name === undefined) isPlaced = false;
      else atFields[name] ??= sentence(message);
    }
    setErrors(atFields);
    setProblem(isPlaced ? null : error);
    requestAnimationFrame(() => document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  }

  function placeOf(pointer: string): Name | undefined {
    const mapped = Object.entries(options.fields ?? {}).find(
      ([at]) => pointer === at || pointer.startsWith(`${at}/`),
    )?.[1];
    if (mapped !== undefined) return mapped;
    const first = pointer.split('/')[1];
    return first !== undefined && first in latest.current ? (first as Name) : undefined;
  }

  return {
    values,
    isBusy,
    isDirty: JSON.stringify(values) !== JSON.stringify(start),
    problem,
    set,
    check,
    bind: (name) => ({
      name,
      value: values[name],
      error: errors[name],
      change: (value) => set(name, value),
      blur: () => {
        // A field that was only passed through keeps quiet until the form is sent.
        if (values[name] !== start[name]) setError(name, complaintOf(name, latest.current));
      },
    }),
    async submit(event) {
      event?.preventDefault();
      event?.stopPropagation();
      if (isBusy || !check()) return;
      setBusy(true);
      setProblem(null);
      try {
        await options.submit(latest.current);
      } catch (error) {
        takeRefusal(error);
      } finally {
        setBusy(false);
      }
    },
    reset(next = options.initial) {
      setStart(next);
      latest.current = next;
      setValues(next);
      setErrors({});
      setProblem(null);
    },
  };
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The checks that many forms share. */
export const checks = {
  required: (what: string) => (value: string) => (value.trim() === '' ? `Enter ${what}` : undefined),
  email: (value: string) =>
    /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value.trim()) ? undefined : 'Enter an e-mail address such as ada@example.com',
  password: (value: string) =>
    value.length < 10 ? 'Use at least 10 characters' : value.length > 200 ? 'Use at most 200 characters' : undefined,
  link: (value: string) =>
    value === '' || /^https?:\/\/\S+$/.test(value) || /^\/(?![/\\])/.test(value)
      ? undefined
      : 'Enter an http(s) address, or a path that begins with /',
  image: (value: string) => (value === '' || /^https?:\/\/\S+$/.test(value) ? undefined : 'Enter an http(s) address'),
};
