// A worker that charges cards. Usage: npm ci && node charge-card.mjs
import { charge } from './bank.mjs';
import { work } from './worker.mjs';

const env = process.env;
const action = env.ACTION ?? 'charge-card';

await work({
  action,
  // The action's id is the idempotency key: whoever is asked twice charges once.
  handle: ({ cents, card }, { actionId, signal }) => charge({ key: actionId, cents, card, signal }),
  group: env.GROUP ?? `${action}-workers`,
  brokers: [env.KAFKA ?? 'localhost:9092'],
  actionsTopic: env.ACTIONS_TOPIC ?? 'threadwright.actions',
  resultsTopic: env.RESULTS_TOPIC ?? 'threadwright.results',
  server: env.SERVER ?? 'http://localhost:8080',
  apiKey: env.API_KEY,
  concurrency: Number(env.CONCURRENCY ?? 16),
});
console.log(`Waiting for requests to ${action}`);
