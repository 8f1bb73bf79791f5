/** Whether a position lies after another. Ids that are no cursors of ours cannot be compared, and count as after. */
export function isAfter(id: string, than: string | null): boolean {
  const [epoch, seq] = split(id);
  const [thanEpoch, thanSeq] = split(than ?? '');
  return epoch !== thanEpoch || !(seq <= thanSeq);
}

/** Whether whoever stands at `cursor` has all there is up to `id`. */
export function reaches(cursor: string | null, id: string): boolean {
  return cursor === id || (cursor !== null && !isAfter(id, cursor));
}

function split(cursor: string): [string, number] {
  const dot = cursor.indexOf('.');
  return dot < 0 ? [cursor, Number.NaN] : [cursor.slice(0, dot), Number.parseInt(cursor.slice(dot + 1), 36)];
}
