// The alphabet of ids, in the order of its bytes.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** An id that sorts behind another. Ids of one millisecond are in no order, but what one run says is read in its order. */
export function idBehind(last: string | undefined, fresh: string): string {
  if (last === undefined || fresh > last) return fresh;
  const chars = [...last];
  for (let i = chars.length - 1; i > 0; i--) {
    const digit = ALPHABET.indexOf(chars[i] as string);
    if (digit < ALPHABET.length - 1) {
      chars[i] = ALPHABET[digit + 1] as string;
      return chars.join('');
    }
    chars[i] = '0';
  }
  return fresh;
}
