import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, collect, lastOf, named, newClient, newThread } from './support.mjs';

// A second server on the same Kafka and Postgres.
const url = process.env.THREADWRIGHT_OTHER_URL;
const options = { skip: url ? false : 'THREADWRIGHT_OTHER_URL is not set' };
const other = url && newClient({ apiUrl: url.replace(/\/$/, '') });

test('a run that was created on one server is streamed from another, from its start', options, async () => {
  for (let n = 0; n < 8; n += 1) {
    const thread = await newThread();
    const run = await client.runs.create(thread, 'delay', { input: { ms: 150, n }, streamMode: ['values', 'updates'] });
    const [here, there] = await Promise.all([client, other].map((each) => collect(each.runs.joinStream(thread, run.run_id, { lastEventId: '-1' }))));
    assert.deepEqual(there, here, 'both tell the same under the same ids');
    assert.equal(named(there, 'metadata')[0].data.run_id, run.run_id);
    assert.deepEqual(lastOf(there, 'values').output, { ms: 150, n });
  }
});

test('a run that was created on one server is waited for and cancelled on another', options, async () => {
  const thread = await newThread();
  const run = await client.runs.create(thread, 'delay', { input: { ms: 100 } });
  assert.deepEqual((await other.runs.join(thread, run.run_id)).output, { ms: 100 });
  const long = await client.runs.create(thread, 'delay', { input: { ms: 60_000 } });
  await other.runs.cancel(thread, long.run_id, true);
  assert.equal((await client.runs.get(thread, long.run_id)).status, 'interrupted');
});

test('a stream that began on one server goes on at another', options, async () => {
  const thread = await newThread();
  const run = await client.runs.create(thread, 'delay', { input: { ms: 100 }, streamMode: ['values', 'updates'] });
  const whole = await collect(client.runs.joinStream(thread, run.run_id, { lastEventId: '-1' }));
  for (let n = 0; n < whole.length; n += 1) {
    const rest = await collect(other.runs.joinStream(thread, run.run_id, { lastEventId: whole[n].id }));
    assert.deepEqual(rest, whole.slice(n + 1));
  }
});
