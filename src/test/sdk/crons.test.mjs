import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, newId, newThread, refused } from './support.mjs';

const YEARLY = '0 0 1 1 *';

test('a cron has all fields of the contract', async () => {
  const mark = newId();
  const made = await client.crons.create('echo', { schedule: '*/5 * * * *', input: { n: 1 }, metadata: { mark }, timezone: 'Europe/Berlin', endTime: '2099-01-01T00:00:00Z' });
  try {
    const [cron] = await client.crons.search({ metadata: { mark } });
    assert.equal(cron.cron_id, made.cron_id);
    assert.equal(cron.schedule, '*/5 * * * *');
    assert.equal(cron.timezone, 'Europe/Berlin');
    assert.equal(cron.thread_id ?? null, null);
    assert.equal(cron.enabled, true);
    assert.equal(cron.on_run_completed ?? 'delete', 'delete');
    assert.deepEqual(cron.payload.input, { n: 1 });
    assert.equal(Date.parse(cron.end_time), Date.parse('2099-01-01T00:00:00Z'));
    const next = Date.parse(cron.next_run_date);
    assert.ok(next > Date.now() && next <= Date.now() + 300_000, cron.next_run_date);
    assert.equal(next % 300_000, 0);
    // Other tests make assistants of this graph, too.
    const [assistant] = await client.assistants.search({ graphId: 'echo', metadata: { created_by: 'system' } });
    assert.equal(cron.assistant_id, assistant.assistant_id);
  } finally {
    await client.crons.delete(made.cron_id);
  }
});

test('a cron of a thread names it', async () => {
  const thread = await newThread();
  const made = await client.crons.createForThread(thread, 'echo', { schedule: YEARLY, input: {} });
  assert.equal(made.thread_id, thread);
  assert.deepEqual((await client.crons.search({ threadId: thread })).map((cron) => cron.cron_id), [made.cron_id]);
  assert.equal(await client.crons.count({ threadId: thread }), 1);
  assert.equal(await client.crons.delete(made.cron_id), undefined);
  assert.deepEqual(await client.crons.search({ threadId: thread }), []);
});

test('crons are found by assistant, whether they are enabled, page by page', async () => {
  const mark = newId();
  const made = [];
  for (let n = 0; n < 3; n += 1) made.push(await client.crons.create('echo', { schedule: YEARLY, input: {}, metadata: { mark, n }, enabled: n !== 1 }));
  try {
    assert.equal(await client.crons.count({ metadata: { mark } }), 3);
    assert.equal((await client.crons.search({ metadata: { mark }, enabled: false })).length, 1);
    const query = { metadata: { mark }, sortBy: 'created_at', sortOrder: 'asc' };
    assert.deepEqual((await client.crons.search({ ...query, limit: 1, offset: 1 })).map((cron) => cron.cron_id), [made[1].cron_id]);
    assert.deepEqual(await client.crons.search({ ...query, limit: 1, select: ['cron_id'] }), [{ cron_id: made[0].cron_id }]);
    assert.equal(await client.crons.count({ metadata: { mark }, assistantId: newId() }), 0);
  } finally {
    for (const cron of made) await client.crons.delete(cron.cron_id);
  }
});

test('a cron is changed, and an end can be taken back', async () => {
  const made = await client.crons.create('echo', { schedule: YEARLY, input: { n: 1 }, endTime: '2099-01-01T00:00:00Z' });
  try {
    const changed = await client.crons.update(made.cron_id, { schedule: '0 0 2 2 *', input: { n: 2 }, enabled: false });
    assert.equal(changed.schedule, '0 0 2 2 *');
    assert.deepEqual(changed.payload.input, { n: 2 });
    assert.equal(changed.enabled, false);
    assert.ok(changed.end_time);
    assert.equal((await client.crons.update(made.cron_id, { endTime: null })).end_time ?? null, null);
  } finally {
    await client.crons.delete(made.cron_id);
  }
});

test('a schedule, a time zone or an assistant that there is not is refused', async () => {
  await refused(() => client.crons.create('echo', { schedule: 'now and then', input: {} }), 422);
  await refused(() => client.crons.create('echo', { schedule: '61 * * * *', input: {} }), 422);
  await refused(() => client.crons.create('echo', { schedule: YEARLY, timezone: 'Moon/Crater', input: {} }), 422);
  await refused(() => client.crons.create('no-such-graph', { schedule: YEARLY, input: {} }), 404, 422);
  await refused(() => client.crons.createForThread(newId(), 'echo', { schedule: YEARLY, input: {} }), 404);
  await refused(() => client.crons.update(newId(), { enabled: false }), 404);
  await refused(() => client.crons.delete(newId()), 404);
});

// Up to a minute: cron has no seconds.
test('a cron runs when it is time', { skip: process.env.THREADWRIGHT_SLOW ? false : 'set THREADWRIGHT_SLOW=1' }, async () => {
  const thread = await newThread();
  const made = await client.crons.createForThread(thread, 'echo', { schedule: '* * * * *', input: { n: 1 } });
  try {
    const end = Date.now() + 90_000;
    while ((await client.runs.list(thread, { status: 'success' })).length === 0) {
      assert.ok(Date.now() < end, 'within 90 s');
      await new Promise((done) => setTimeout(done, 1_000));
    }
    assert.deepEqual((await client.threads.getState(thread)).values.output, { n: 1 });
  } finally {
    await client.crons.delete(made.cron_id);
  }
});
