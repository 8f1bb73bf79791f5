import type { Permission } from '@pulsestack/core';
import { useCan } from '../../session/use-session.ts';
import { CheckField } from '../../ui/checkbox.tsx';
import { FieldNote } from '../../ui/field.tsx';
import type { Bound } from '../../ui/use-form.ts';
import { usePermissionGroups } from './use-roles.ts';

/** What is allowed, as boxes by subject. What one may not do oneself cannot be given away. */
export function PermissionBoxes({ field, legend }: { field: Bound<Permission[]>; legend: string }) {
  const groups = usePermissionGroups();
  const can = useCan();
  const toggle = (permission: Permission, on: boolean) =>
    field.change(on ? [...field.value, permission] : field.value.filter((one) => one !== permission));
  return (
    <fieldset className="flex flex-col gap-4">
      <legend className="mb-2 font-medium">{legend}</legend>
      {groups.map((group) => (
        <div key={group.name} className="grid gap-2 sm:grid-cols-[112px_minmax(0,1fr)]">
          <p className="text-12 leading-5 font-medium text-n10">{group.name}</p>
          <div className="flex flex-col gap-2">
            {group.permissions.map(({ permission, description }) => (
              <CheckField
                key={permission}
                label={description}
                isChecked={field.value.includes(permission)}
                onChange={(on) => toggle(permission, on)}
                disabled={!can(permission)}
                {...(can(permission) ? {} : { help: 'Your own role does not include it.' })}
              />
            ))}
          </div>
        </div>
      ))}
      <FieldNote error={field.error} />
    </fieldset>
  );
}
