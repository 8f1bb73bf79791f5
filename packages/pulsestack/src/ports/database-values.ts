import { type CustomTypesConfig, types } from 'pg';

const INT8 = 20;
const INT8_ARRAY = 1016;

const TEXT_ARRAY = 1009;

// The driver's own types know fewer oids than there are.
const parserOf = types.getTypeParser as (oid: number, format?: 'text' | 'binary') => (value: string) => unknown;
const readTextArray = parserOf(TEXT_ARRAY) as (text: string) => string[];

/** How values of the wire become values of the program, the same on every kind of database. */
export const databaseValues: CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (format !== 'binary' && oid === INT8) return readInt8;
    if (format !== 'binary' && oid === INT8_ARRAY) return (text: string) => readTextArray(text).map(readInt8);
    return parserOf(oid, format);
  },
};

/** A counter beyond 2^53 would arrive as another number, so it is refused instead. */
function readInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} does not fit a number; select it as text`);
  return value;
}
