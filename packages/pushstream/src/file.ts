export { LockedError } from './file-lock.ts';
export { createFileLog, type FileLog, type FileLogOptions } from './file-log.ts';
