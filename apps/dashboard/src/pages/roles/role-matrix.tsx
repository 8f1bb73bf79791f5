import type { Role } from '@pulsestack/core';
import { Check } from 'lucide-react';
import { Fragment, type ReactNode } from 'react';
import { usePermissionGroups } from './use-roles.ts';

/** Roles across, permissions down: who may do what at a glance. */
export function RoleMatrix({ roles, menu }: { roles: readonly Role[]; menu(role: Role): ReactNode }) {
  const groups = usePermissionGroups();
  return (
    <section
      aria-label="Who may do what"
      tabIndex={0}
      className="relative -mx-4 overflow-x-auto sm:mx-0 sm:rounded-card sm:border"
    >
      <table className="w-full border-separate border-spacing-0 text-left">
        <thead>
          <tr>
            <th
              scope="col"
              className="sticky left-0 z-10 min-w-56 border-b bg-n1 px-4 py-2 text-12 font-medium text-n10 max-sm:min-w-40"
            >
              Permission
            </th>
            {roles.map((role) => (
              <th
                key={role.id}
                scope="col"
                className="min-w-24 border-b border-l px-3 py-2 text-center align-top font-normal"
              >
                <span className="flex h-7 items-center justify-center gap-1">
                  <span className="max-w-32 truncate font-medium">{role.name}</span>
                  {menu(role)}
                </span>
                <span className="block text-12 text-n10">
                  {role.members === 1 ? '1 member' : `${role.members} members`}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <Fragment key={group.name}>
              <tr>
                <th
                  scope="rowgroup"
                  colSpan={roles.length + 1}
                  className="border-b bg-n2 px-4 py-1.5 text-12 font-medium text-n10"
                >
                  <span className="sticky left-4">{group.name}</span>
                </th>
              </tr>
              {group.permissions.map(({ permission, description }) => (
                <tr key={permission} className="group/row">
                  <th
                    scope="row"
                    className="sticky left-0 z-10 border-b bg-n1 px-4 py-2 font-normal group-hover/row:bg-n2"
                    title={permission}
                  >
                    {description}
                  </th>
                  {roles.map((role) => (
                    <td key={role.id} className="border-b border-l text-center group-hover/row:bg-n2">
                      {role.permissions.includes(permission) ? (
                        <>
                          <Check className="mx-auto size-4 text-n12" aria-hidden />
                          <span className="sr-only">yes</span>
                        </>
                      ) : (
                        <>
                          <span className="text-n8" aria-hidden>
                            –
                          </span>
                          <span className="sr-only">no</span>
                        </>
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </section>
  );
}
