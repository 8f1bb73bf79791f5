/** A link as the server promises it: http(s), or a path of the page's own origin. Anything else is not followed. */
export function safeLink(link: string | null | undefined): string | undefined {
  if (!link) return undefined;
  return /^https?:\/\//i.test(link) || /^\/(?![/\\])/.test(link) ? link : undefined;
}
