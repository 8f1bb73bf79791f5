import type { Channel } from '@pulsestack/core';
import { Upload } from 'lucide-react';
import { useState } from 'react';
import { exportCsv } from '../../table/export.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextAreaField, TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { SelectField } from '../../ui/select.tsx';
import { Count } from '../../ui/time.tsx';
import { type Result, useAddForm, useImport } from './use-suppressions.ts';
import { ADDRESSED, REASON_OPTIONS, readLines } from './words.ts';

export function AddDialog({ onClose }: { onClose(): void }) {
  const form = useAddForm(onClose);
  const { channel, reason } = form.values;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Add an address"
      description="It is never written to again, whatever is sent: not even critical messages."
      onSubmit={form.submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={form.isBusy}>
            Add address
          </Button>
        </>
      }
    >
      <SelectField label="Channel" options={ADDRESSED} value={channel} onChange={(next) => form.set('channel', next)} />
      <TextField
        label="Address"
        autoComplete="off"
        spellCheck={false}
        maxLength={320}
        placeholder={channel === 'email' ? 'gone@example.com' : '+4366412345678'}
        field={form.bind('address')}
      />
      <SelectField
        label="Reason"
        options={REASON_OPTIONS}
        value={reason}
        onChange={(next) => form.set('reason', next)}
      />
      {form.problem && <Problem error={form.problem} />}
    </Dialog>
  );
}

const MAX_FILE_BYTES = 5_000_000;

/** Pasted lines or a file; afterwards it says what became of each line. */
export function ImportDialog({ onClose }: { onClose(): void }) {
  const [text, setText] = useState('');
  const [channel, setChannel] = useState<Channel>('email');
  const [fault, setFault] = useState<string | undefined>();
  const { results, importing } = useImport();
  const lines = readLines(text, channel);
  const wrong = lines.filter((line) => line.error).length;
  if (results) return <Outcome results={results} onClose={onClose} />;
  return (
    <Dialog
      isOpen
      isWide
      onClose={onClose}
      title="Import addresses"
      description="One on each line. A channel and a reason may follow, separated by commas; a file that was exported here can be read as it is."
      onSubmit={(event) => {
        event.preventDefault();
        if (lines.length === 0) setFault('Paste at least one address');
        else importing.mutate(lines);
      }}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={importing.isPending}>
            {lines.length > wrong ? `Import ${lines.length - wrong}` : 'Import'}
          </Button>
        </>
      }
    >
      <div className="flex flex-wrap items-end gap-3">
        <SelectField
          label="Channel of lines that name none"
          className="min-w-52 flex-1"
          options={ADDRESSED}
          value={channel}
          onChange={(next) => setChannel(next)}
        />
        <FilePicker
          onText={(next) => {
            setText(next);
            setFault(undefined);
          }}
          onFault={setFault}
        />
      </div>
      <TextAreaField
        label="Addresses"
        isMono
        rows={8}
        spellCheck={false}
        placeholder={'gone@example.com\nangry@example.com, complained\n+4366412345678, sms'}
        help={
          lines.length === 0
            ? undefined
            : `${lines.length} ${lines.length === 1 ? 'line' : 'lines'}${wrong > 0 ? `, ${wrong} of them not an address` : ''}.`
        }
        field={{
          name: 'addresses',
          value: text,
          error: fault,
          change(next) {
            setText(next);
            setFault(undefined);
          },
          blur() {},
        }}
      />
      {importing.error && <Problem error={importing.error} />}
    </Dialog>
  );
}

function FilePicker({ onText, onFault }: { onText(text: string): void; onFault(fault: string): void }) {
  return (
    <label
      className={`${buttonClass('secondary')} has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2`}
    >
      <Upload className="size-3.5" aria-hidden />
      Choose a file
      <input
        type="file"
        accept=".csv,.txt,text/csv,text/plain"
        className="sr-only"
        onChange={async (event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (!file) return;
          if (file.size > MAX_FILE_BYTES) onFault('The file is larger than 5 MB; import it in parts');
          else onText(await file.text());
        }}
      />
    </label>
  );
}

const RESULTS: Record<Result['result'], { label: string; tone: Tone }> = {
  added: { label: 'Added', tone: 'success' },
  known: { label: 'Known already', tone: 'neutral' },
  repeated: { label: 'Twice in here', tone: 'neutral' },
  refused: { label: 'Not an address', tone: 'danger' },
};
const SHOWN = 200;

function Outcome({ results, onClose }: { results: readonly Result[]; onClose(): void }) {
  const of = (result: Result['result']) => results.filter((one) => one.result === result).length;
  // What needs a hand comes first.
  const sorted = [...results].sort((a, b) => Number(b.result === 'refused') - Number(a.result === 'refused'));
  return (
    <Dialog
      isOpen
      isWide
      onClose={onClose}
      title="Imported"
      description={`${of('added')} added, ${of('known') + of('repeated')} known already, ${of('refused')} refused.`}
      footer={
        <>
          <Button onClick={() => exportCsv('import', RESULT_COLUMNS, results)}>Save as CSV</Button>
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <ul className="flex flex-col rounded-card border" aria-label="Lines" tabIndex={0}>
        {sorted.slice(0, SHOWN).map(({ line, result }) => (
          <li key={line.number} className="flex items-center gap-3 border-b px-3 py-1.5 last:border-b-0">
            <span className="tabular w-8 shrink-0 text-right text-12 text-n10">{line.number}</span>
            <span className="min-w-0 flex-1">
              <code className="block truncate">{line.entry?.address ?? line.text}</code>
              {line.error && line.error !== RESULTS.refused.label && (
                <span className="block text-12 text-danger-text">{line.error}</span>
              )}
            </span>
            <Badge tone={RESULTS[result].tone}>{RESULTS[result].label}</Badge>
          </li>
        ))}
      </ul>
      {results.length > SHOWN && (
        <p className="text-12 text-n10">
          And <Count value={results.length - SHOWN} /> more; the file has them all.
        </p>
      )}
    </Dialog>
  );
}

const RESULT_COLUMNS = [
  { id: 'line', header: 'Line', cell: () => null, text: (one: Result) => one.line.number },
  {
    id: 'address',
    header: 'Address',
    cell: () => null,
    text: (one: Result) => one.line.entry?.address ?? one.line.text,
  },
  { id: 'result', header: 'Result', cell: () => null, text: (one: Result) => RESULTS[one.result].label },
];
