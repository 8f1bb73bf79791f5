/** An in-app step. */
export function inApp(id: string, title: string, more: object = {}) {
  return { id, type: 'in_app' as const, title, ...more };
}
