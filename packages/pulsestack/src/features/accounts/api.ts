import { auditLogOperations } from './api/audit-log.ts';
import { authOperations } from './api/auth.ts';
import { keyOperations } from './api/keys.ts';
import { meOperations } from './api/me.ts';
import { memberOperations } from './api/members.ts';
import { roleOperations } from './api/roles.ts';
import { workspaceOperations } from './api/workspaces.ts';

export const operations = [
  ...authOperations,
  ...meOperations,
  ...workspaceOperations,
  ...memberOperations,
  ...roleOperations,
  ...keyOperations,
  ...auditLogOperations,
];
