export { createDevDashboard, type DevDashboard, type DevDashboardOptions } from './dashboard.ts';
