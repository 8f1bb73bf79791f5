export { describeLog, type LogContract, type LogUnderTest, readAll } from './log-contract.ts';
export { createManualClock, type ManualClock } from './manual-clock.ts';
export { createRandom } from './random.ts';
export { dataEvents, openRaw, type RawReader, type RawRequest } from './raw-reader.ts';
export { serve, type TestServer } from './serve.ts';
export { TestByteSink, TestObjectSink } from './test-sinks.ts';
