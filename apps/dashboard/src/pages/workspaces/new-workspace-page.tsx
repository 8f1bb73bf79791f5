import { Page } from '../../shell/page.tsx';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { useNewWorkspace } from './use-new-workspace.ts';

export function NewWorkspacePage() {
  const form = useNewWorkspace();
  return (
    <Page title="New workspace" width="medium">
      <form onSubmit={form.submit} noValidate className="flex max-w-[420px] flex-col gap-4">
        <p className="text-n11">
          A workspace holds its own users, topics, notifications, members and keys. Nothing of it is seen in another.
        </p>
        <TextField
          label="Name"
          autoFocus
          maxLength={80}
          autoComplete="organization"
          placeholder="Acme"
          field={form.bind('name')}
        />
        {form.problem && <Problem error={form.problem} />}
        <Button type="submit" look="primary" isBusy={form.isBusy} className="self-start">
          Create workspace
        </Button>
      </form>
    </Page>
  );
}
