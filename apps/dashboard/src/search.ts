/** What stands in an address after the question mark, taken only where it is text. */
export function texts<const Name extends string>(...names: Name[]) {
  return (search: Record<string, unknown>): { [N in Name]?: string } => {
    const taken: { [N in Name]?: string } = {};
    for (const name of names) {
      const value = search[name];
      if (typeof value === 'string' && value !== '') taken[name] = value;
      else if (typeof value === 'number' || typeof value === 'boolean') taken[name] = String(value);
    }
    return taken;
  };
}
