import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, collect, eventually, lastOf, named, newId, post, refused } from './support.mjs';

const gone = (thread) =>
  eventually(`thread ${thread} is gone`, () => client.threads.get(thread).then(() => false, (error) => error.status === 404));

test('a run without a thread is waited for, and leaves no thread behind', async () => {
  const mark = newId();
  let created;
  const values = await client.runs.wait(null, 'echo', { input: { mark }, onRunCreated: (run) => (created = run) });
  assert.deepEqual(values.output, { mark });
  assert.equal(typeof created.run_id, 'string');
  await eventually('no thread has the values', async () => (await client.threads.count({ values: { output: { mark } } })) === 0);
});

test('a run without a thread is streamed', async () => {
  let created;
  const parts = await collect(client.runs.stream(null, 'echo', { input: { n: 1 }, streamMode: ['values'], onRunCreated: (run) => (created = run) }));
  assert.equal(parts[0].event, 'metadata');
  assert.equal(parts[0].data.run_id, created.run_id);
  assert.deepEqual(lastOf(parts, 'values').output, { n: 1 });
});

test('a run without a thread is created, with a thread of its own for as long as it lasts', async () => {
  const run = await client.runs.create(null, 'delay', { input: { ms: 500 } });
  assert.ok(['pending', 'running'].includes(run.status));
  assert.equal((await client.threads.get(run.thread_id)).status, 'busy');
  const parts = await collect(client.runs.joinStream(null, run.run_id));
  assert.equal(named(parts, 'error').length, 0);
  await gone(run.thread_id);
});

test('a run without a thread keeps its thread where that is asked for', async () => {
  const response = await post('/runs', { assistant_id: 'echo', input: { n: 1 }, on_completion: 'keep' });
  assert.equal(response.status, 200);
  const run = await response.json();
  await eventually('the run is done', async () => (await client.runs.get(run.thread_id, run.run_id)).status === 'success');
  assert.deepEqual((await client.threads.getState(run.thread_id)).values.output, { n: 1 });
});

test('a run without a thread that fails says so', async () => {
  await assert.rejects(() => client.runs.wait(null, 'delay', { input: { ms: 'soon' } }), /data\.ms/);
});

test('many runs are created at once, the way the SDK spells them', async () => {
  const runs = await client.runs.createBatch([
    { assistantId: 'echo', input: { n: 1 }, metadata: { n: 1 } },
    { assistantId: 'delay', input: { ms: 100 }, multitaskStrategy: 'reject', afterSeconds: 0 },
  ]);
  assert.equal(runs.length, 2);
  assert.equal(new Set(runs.map((run) => run.run_id)).size, 2);
  assert.equal(new Set(runs.map((run) => run.thread_id)).size, 2);
  assert.equal(runs[0].metadata.n, 1);
});

test('none of many runs is created if one is not possible', async () => {
  const mark = newId();
  await refused(() => client.runs.createBatch([
    { assistantId: 'delay', input: { ms: 3_000, mark } },
    { assistantId: 'no-such-graph', input: {} },
  ]), 404, 422);
  assert.equal(await client.threads.count({ values: { output: { ms: 3_000, mark } } }), 0);
  await refused(() => client.runs.createBatch([]), 422);
});
