import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { THREE_STEPS, askingThread, busyThread, client, newId, newThread, refused, workflow } from './support.mjs';

before(() => workflow(THREE_STEPS));

async function ran(assistant, input) {
  const threadId = await newThread();
  await client.runs.wait(threadId, assistant, { input });
  return threadId;
}

test('a new thread has an empty state', async () => {
  const state = await client.threads.getState(await newThread());
  assert.deepEqual(state.values, {});
  assert.deepEqual(state.next, []);
  assert.deepEqual(state.tasks, []);
});

test('the state has all fields of the contract', async () => {
  const threadId = await ran('echo', { text: 'hi' });
  const state = await client.threads.getState(threadId);
  assert.deepEqual(state.values.output, { text: 'hi' });
  assert.deepEqual(state.next, []);
  assert.deepEqual(state.tasks, []);
  assert.equal(state.checkpoint.thread_id, threadId);
  assert.equal(state.checkpoint.checkpoint_ns, '');
  assert.equal(typeof state.checkpoint.checkpoint_id, 'string');
  assert.equal(typeof state.parent_checkpoint.checkpoint_id, 'string');
  assert.equal(state.metadata.source, 'loop');
  assert.equal(state.metadata.step, 1);
  assert.equal(typeof state.metadata.run_id, 'string');
  assert.ok(Date.parse(state.created_at) > 0);
});

test('three super-steps make five checkpoints, the newest first, each naming its parent', async () => {
  const threadId = await ran('sdk-three-steps', {});
  const history = await client.threads.getHistory(threadId);
  assert.deepEqual(history.map((state) => state.metadata.source), ['loop', 'loop', 'loop', 'loop', 'input']);
  assert.deepEqual(history.map((state) => state.metadata.step), [3, 2, 1, 0, -1]);
  assert.deepEqual(history.map((state) => state.next), [[], ['three'], ['two'], ['one'], ['__start__']]);
  for (let at = 0; at + 1 < history.length; at += 1) {
    assert.equal(history[at].parent_checkpoint.checkpoint_id, history[at + 1].checkpoint.checkpoint_id);
  }
  assert.equal(history.at(-1).parent_checkpoint ?? null, null);
  assert.deepEqual(history[0].values.trace, ['one', 'two', 'three']);
});

test('history pages by limit and before', async () => {
  const threadId = await ran('sdk-three-steps', {});
  const all = await client.threads.getHistory(threadId, { limit: 1000 });
  const first = await client.threads.getHistory(threadId, { limit: 2 });
  assert.deepEqual(first, all.slice(0, 2));
  const before = { configurable: { checkpoint_id: first[1].checkpoint.checkpoint_id } };
  assert.deepEqual(await client.threads.getHistory(threadId, { limit: 2, before }), all.slice(2, 4));
});

test('history filters by metadata', async () => {
  const threadId = await ran('sdk-three-steps', {});
  const inputs = await client.threads.getHistory(threadId, { metadata: { source: 'input' } });
  assert.deepEqual(inputs.map((state) => state.metadata.step), [-1]);
});

test('the state at a checkpoint is read by its id and by its name in full', async () => {
  const threadId = await ran('sdk-three-steps', {});
  const history = await client.threads.getHistory(threadId);
  const then = history[2];
  assert.deepEqual(await client.threads.getState(threadId, then.checkpoint.checkpoint_id), then);
  assert.deepEqual(await client.threads.getState(threadId, then.checkpoint), then);
  assert.deepEqual(then.values.trace, ['one']);
});

test('only the fields that were selected are read', async () => {
  const threadId = await ran('sdk-three-steps', { note: 'a' });
  assert.deepEqual(await client.threads.getState(threadId, undefined, { select: ['values.trace', 'next'] }), {
    values: { trace: ['one', 'two', 'three'] },
    next: [],
  });
  const [newest] = await client.threads.getHistory(threadId, { limit: 1, select: ['next'] });
  assert.deepEqual(newest, { next: [] });
});

test('a state that asks has the task, what it asks, and what is next', async () => {
  const { thread, interrupt } = await askingThread();
  const state = await client.threads.getState(thread);
  assert.deepEqual(state.next, ['approve']);
  const [task] = state.tasks;
  assert.equal(task.name, 'approve');
  assert.equal(typeof task.id, 'string');
  assert.equal(task.error ?? null, null);
  assert.equal(task.interrupts[0].id, interrupt);
  assert.deepEqual(task.interrupts[0].value, { item: 'bolt', count: 3, cents: 1200 });
});

test('a state whose step failed has the error at the task', async () => {
  const threadId = await newThread();
  await client.runs.wait(threadId, 'delay', { input: { ms: 'soon' }, raiseError: false });
  const state = await client.threads.getState(threadId);
  assert.equal(state.tasks.at(-1).name, 'delay');
  assert.match(state.tasks.at(-1).error, /data\.ms/);
});

test('an update goes through the reducers and makes a checkpoint', async () => {
  const threadId = await ran('sdk-three-steps', {});
  const before = await client.threads.getState(threadId);
  const { checkpoint } = await client.threads.updateState(threadId, { values: { trace: 'by hand', note: 'n' } });
  assert.equal(checkpoint.thread_id, threadId);
  assert.equal(checkpoint.checkpoint_ns, '');
  const after = await client.threads.getState(threadId);
  assert.equal(after.checkpoint.checkpoint_id, checkpoint.checkpoint_id);
  assert.deepEqual(after.values.trace, ['one', 'two', 'three', 'by hand']);
  assert.equal(after.values.note, 'n');
  assert.equal(after.metadata.source, 'update');
  assert.equal(after.parent_checkpoint.checkpoint_id, before.checkpoint.checkpoint_id);
});

test('an update as a step leads to the steps after it', async () => {
  const threadId = await ran('sdk-three-steps', {});
  await client.threads.updateState(threadId, { values: { trace: 'instead of one' }, asNode: 'one' });
  assert.deepEqual((await client.threads.getState(threadId)).next, ['two']);
  const values = await client.runs.wait(threadId, 'sdk-three-steps', { input: null });
  assert.deepEqual(values.trace.slice(3), ['instead of one', 'two', 'three']);
});

test('an update at an earlier checkpoint branches off there', async () => {
  const threadId = await ran('sdk-three-steps', {});
  const then = (await client.threads.getHistory(threadId))[2];
  await client.threads.updateState(threadId, { values: { note: 'branched' }, checkpointId: then.checkpoint.checkpoint_id });
  const state = await client.threads.getState(threadId);
  assert.equal(state.parent_checkpoint.checkpoint_id, then.checkpoint.checkpoint_id);
  assert.deepEqual(state.values.trace, ['one']);
  assert.equal(state.values.note, 'branched');
});

test('an update leaves what is asked as it is', async () => {
  const { thread, interrupt } = await askingThread();
  await client.threads.updateState(thread, { values: { note: 'please' } });
  const state = await client.threads.getState(thread);
  assert.equal(state.values.note, 'please');
  assert.equal(state.tasks[0].interrupts[0].id, interrupt);
});

test('an update of what there is not, or of a busy thread, is refused and changes nothing', async () => {
  const threadId = await ran('echo', { n: 1 });
  const before = await client.threads.getState(threadId);
  const { body } = await refused(() => client.threads.updateState(threadId, { values: { nonsense: 1 } }), 422);
  assert.match(body.detail, /nonsense/);
  await refused(() => client.threads.updateState(threadId, { values: { output: 2 }, asNode: 'no-such-step' }), 422);
  assert.deepEqual(await client.threads.getState(threadId), before);

  const { thread, run } = await busyThread();
  await refused(() => client.threads.updateState(thread, { values: { output: 2 } }), 409);
  await client.runs.cancel(thread, run, true);
});

test('metadata is patched by way of the state', async () => {
  const threadId = await newThread({ metadata: { a: 1 } });
  await client.threads.patchState(threadId, { b: 2 });
  const { metadata } = await client.threads.get(threadId);
  assert.deepEqual({ a: metadata.a, b: metadata.b }, { a: 1, b: 2 });
});

test('an unknown checkpoint is not found', async () => {
  const threadId = await ran('echo', {});
  await refused(() => client.threads.getState(threadId, newId()), 404);
  const other = await client.threads.getState(await ran('echo', {}));
  await refused(() => client.threads.getState(threadId, other.checkpoint.checkpoint_id), 404);
});
