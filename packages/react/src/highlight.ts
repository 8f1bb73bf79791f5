/**
 * Marks in rendered HTML the words a search has found. The server marks them in the text as it was written; here they are
 * found again between the tags, so that what is bold stays bold. Nothing but <mark> is added.
 */
export function markWords(html: string, marked: string): string {
  const words = new Set([...marked.matchAll(/<mark>(.*?)<\/mark>/g)].map(([, word]) => word ?? '').filter(Boolean));
  if (words.size === 0) return html;
  const pattern = new RegExp(`(${[...words].map(escapeRegExp).join('|')})`, 'gi');
  return html
    .split(/(<[^>]*>)/)
    .map((part) => (part.startsWith('<') ? part : part.replace(pattern, '<mark>$1</mark>')))
    .join('');
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
