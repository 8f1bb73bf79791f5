export { type Feed, type FeedControl, writeFeed } from './feed.ts';
export { createRelay, type Relay, type RelayOptions, RelayRefused } from './relay.ts';
