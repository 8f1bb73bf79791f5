import { feature } from '../../kernel/feature.ts';
import { topicOperations } from './api/topics.ts';
import { userOperations } from './api/users.ts';

export {
  addMissingUsers,
  countSubscribed,
  countUsers,
  findTopic,
  findUser,
  findUsers,
  listSubscribers,
  subscribe,
  topicsSubscribed,
  unsubscribe,
  upsertUsers,
  userIdsAfter,
} from './store.ts';
export { UNSUBSCRIBED_CHANNEL, type Unsubscribed } from './unsubscribed.ts';

/** Who receives: users and the topics they subscribe to. */
export const audience = feature({
  name: 'audience',
  operations: [...userOperations, ...topicOperations],
});
