import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askingThread, busyThread, client, newThread, refused, untilRun, untilThread } from './support.mjs';

test('reject: 422 on a busy thread, and nothing of it is there', async () => {
  const { thread, run } = await busyThread();
  const { body } = await refused(() => client.runs.create(thread, 'echo', { input: {}, multitaskStrategy: 'reject' }), 422);
  assert.match(body.detail, /busy|running/i);
  await refused(() => client.runs.wait(thread, 'echo', { input: {}, multitaskStrategy: 'reject' }), 422);
  assert.deepEqual((await client.runs.list(thread)).map((listed) => listed.run_id), [run]);
  await client.runs.cancel(thread, run, true);
});

test('reject: starts on an idle thread', async () => {
  const values = await client.runs.wait(await newThread(), 'echo', { input: { n: 1 }, multitaskStrategy: 'reject' });
  assert.deepEqual(values.output, { n: 1 });
});

test('enqueue: pending behind what runs, then one after the other in order', async () => {
  const { thread, run } = await busyThread(3_000);
  const queued = [];
  for (let n = 0; n < 3; n += 1) queued.push(await client.runs.create(thread, 'delay', { input: { ms: 100, n }, multitaskStrategy: 'enqueue' }));
  assert.ok(queued.every((behind) => behind.status === 'pending'));
  const pending = await client.runs.list(thread, { status: 'pending' });
  assert.deepEqual(new Set(pending.map((listed) => listed.run_id)), new Set(queued.map((behind) => behind.run_id)));
  const ended = [];
  await Promise.all([run, ...queued.map((behind) => behind.run_id)].map((id) => client.runs.join(thread, id).then(() => ended.push(id))));
  assert.deepEqual(ended, [run, ...queued.map((behind) => behind.run_id)]);
  assert.equal((await client.threads.getState(thread)).values.output.n, 2);
});

test('enqueue is the strategy where none is given', async () => {
  const { thread, run } = await busyThread(400);
  const behind = await client.runs.create(thread, 'echo', { input: {} });
  assert.equal(behind.multitask_strategy, 'enqueue');
  await client.runs.join(thread, behind.run_id);
  assert.equal((await client.runs.get(thread, run)).status, 'success');
});

test('enqueue: a pending run can be cancelled, the others stay', async () => {
  const { thread, run } = await busyThread(2_000);
  const first = await client.runs.create(thread, 'echo', { input: { n: 1 } });
  const second = await client.runs.create(thread, 'echo', { input: { n: 2 } });
  await client.runs.cancel(thread, first.run_id, true);
  assert.equal((await client.runs.get(thread, first.run_id)).status, 'interrupted');
  await client.runs.join(thread, second.run_id);
  assert.equal((await client.runs.get(thread, run)).status, 'success');
  assert.deepEqual((await client.threads.getState(thread)).values.output, { n: 2 });
});

test('interrupt: what runs is cancelled with what it has done, and the new run starts', async () => {
  const { thread, run } = await busyThread();
  const behind = await client.runs.create(thread, 'delay', { input: { ms: 60_000 } });
  const values = await client.runs.wait(thread, 'echo', { input: { n: 2 }, multitaskStrategy: 'interrupt' });
  assert.deepEqual(values.output, { n: 2 });
  assert.equal((await client.runs.get(thread, run)).status, 'interrupted');
  assert.equal((await client.runs.get(thread, behind.run_id)).status, 'interrupted', 'the queue too');
});

test('rollback: what runs is forgotten, and the new run starts from before it', async () => {
  const thread = await newThread();
  await client.runs.wait(thread, 'fan-out', { input: { items: [{ name: 'bolt', price: 1 }] } });
  const run = await client.runs.create(thread, 'delay', { input: { ms: 60_000 } });
  await untilRun(thread, run.run_id, 'running');
  const values = await client.runs.wait(thread, 'fan-out', { input: { items: [{ name: 'nut', price: 2 }] }, multitaskStrategy: 'rollback' });
  assert.equal(values.total, 300);
  await refused(() => client.runs.get(thread, run.run_id), 404);
  await refused(() => client.runs.join(thread, run.run_id), 404);
  const listed = await client.runs.list(thread);
  assert.equal(listed.length, 2);
  assert.ok(listed.every((other) => other.run_id !== run.run_id));
});

for (const multitaskStrategy of ['reject', 'enqueue', 'interrupt', 'rollback']) {
  test(`${multitaskStrategy}: starts at once on a thread that asks, and the question is gone`, async () => {
    const { thread, run, interrupt } = await askingThread();
    const values = await client.runs.wait(thread, 'echo', { input: { n: 1 }, multitaskStrategy });
    assert.deepEqual(values.output, { n: 1 });
    const found = await untilThread(thread, 'idle');
    assert.deepEqual(found.interrupts, {});
    if (multitaskStrategy !== 'rollback') assert.equal((await client.runs.get(thread, run)).status, 'success', 'ended legs never change');
    const stale = await client.runs.wait(thread, 'approval', { command: { resume: { [interrupt]: { approved: true } } }, raiseError: false });
    assert.ok(stale.__error__, 'a stale answer is an error');
  });
}

test('merge and parallel are strategies of our own', async () => {
  const { thread, run } = await busyThread(4_000);
  const joined = await client.runs.create(thread, 'delay', { input: { n: 2 }, multitaskStrategy: 'merge' });
  assert.equal(joined.run_id, run);
  const beside = await client.runs.create(thread, 'echo', { input: { n: 3 }, multitaskStrategy: 'parallel' });
  assert.notEqual(beside.run_id, run);
  await untilRun(thread, beside.run_id, 'success');
  assert.equal((await client.runs.get(thread, run)).status, 'running');
  await client.runs.join(thread, run);
});

test('an unknown strategy is refused', async () => {
  await refused(async () => client.runs.create(await newThread(), 'echo', { input: {}, multitaskStrategy: 'hope' }), 422);
});
