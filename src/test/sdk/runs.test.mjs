import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ORDER, askingThread, begun, busyThread, client, eventually, newClient, newId, newThread, post, proxy, refused, untilRun, untilThread, webhooks,
} from './support.mjs';

test('creating a run answers 200 at once, with the run and where it is', async () => {
  const thread = await newThread();
  const response = await post(`/threads/${thread}/runs`, { assistant_id: 'delay', input: { ms: 300 }, metadata: { by: 'Ada' } });
  assert.equal(response.status, 200);
  const run = await response.json();
  assert.equal(response.headers.get('content-location'), `/threads/${thread}/runs/${run.run_id}`);
  assert.ok(['pending', 'running'].includes(run.status), run.status);
  assert.equal(run.thread_id, thread);
  assert.equal(run.metadata.by, 'Ada');
  assert.equal(run.multitask_strategy, 'enqueue');
  assert.deepEqual(run.kwargs.input, { ms: 300 });
  for (const time of [run.created_at, run.updated_at]) assert.ok(Date.parse(time) > 0, time);
  const [assistant] = await client.assistants.search({ graphId: 'delay' });
  assert.equal(run.assistant_id, assistant.assistant_id);
  await client.runs.join(thread, run.run_id);
});

test('the client learns which run was created', async () => {
  const thread = await newThread();
  const told = [];
  const onRunCreated = (run) => told.push(run);
  const run = await client.runs.create(thread, 'echo', { input: {}, onRunCreated });
  assert.deepEqual(told, [{ run_id: run.run_id, thread_id: thread }]);
  await client.runs.wait(thread, 'echo', { input: {}, onRunCreated });
  assert.equal(told[1].thread_id, thread);
  assert.equal((await client.runs.get(thread, told[1].run_id)).status, 'success');
});

test('an assistant is named by its id or by its graph', async () => {
  const [assistant] = await client.assistants.search({ graphId: 'echo' });
  for (const name of ['echo', assistant.assistant_id]) {
    assert.deepEqual((await client.runs.wait(await newThread(), name, { input: { name } })).output, { name });
  }
});

test('wait answers the values of the thread', async () => {
  const thread = await newThread();
  const values = await client.runs.wait(thread, 'agent-loop', { input: { plan: [{ op: 'add', by: 40 }, { op: 'multiply', by: 2 }], value: 1 } });
  assert.equal(values.answer, 'It is 82');
  assert.deepEqual(values, (await client.threads.getState(thread)).values);
});

test('wait runs subgraphs', async () => {
  assert.equal((await client.runs.wait(await newThread(), 'report', { input: ORDER })).report, 'Dear Ada, that makes 700 cents');
});

test('wait answers what is asked where the run stops for somebody', async () => {
  const values = await client.runs.wait(await newThread(), 'approval', { input: { item: 'bolt', price: 2 } });
  const [asked] = values.__interrupt__;
  assert.match(asked.id, /^[0-9a-f]{32}$/);
  assert.deepEqual(asked.value, { item: 'bolt', count: 1, cents: 2 });
});

test('wait throws what the run failed with', async () => {
  const thread = await newThread();
  await assert.rejects(() => client.runs.wait(thread, 'delay', { input: { ms: 'soon' } }), /data\.ms/);
  const values = await client.runs.wait(thread, 'delay', { input: { ms: 'soon' }, raiseError: false });
  assert.equal(typeof values.__error__.error, 'string');
  assert.match(values.__error__.message, /data\.ms/);
});

test('join blocks until the run is done, and answers its values', async () => {
  const thread = await newThread();
  const run = await client.runs.create(thread, 'delay', { input: { ms: 400 } });
  assert.deepEqual((await client.runs.join(thread, run.run_id)).output, { ms: 400 });
  assert.equal((await client.runs.get(thread, run.run_id)).status, 'success');
  assert.deepEqual((await client.runs.join(thread, run.run_id)).output, { ms: 400 }, 'also once it is done');
});

test('a run goes from pending or running to success', async () => {
  const { thread, run } = await busyThread(300);
  const done = await untilRun(thread, run, 'success');
  assert.ok(Date.parse(done.updated_at) >= Date.parse(done.created_at));
});

test('a run that waits for an event is running', async () => {
  const { thread, interrupt } = await askingThread();
  const run = await client.runs.create(thread, 'approval', { command: { resume: { [interrupt]: { approved: true } } } });
  await untilRun(thread, run.run_id, 'running');
  await eventually('the approval is in the state', async () => (await client.threads.getState(thread)).values.approved === true);
  assert.equal((await client.runs.get(thread, run.run_id)).status, 'running');
  assert.equal((await client.threads.get(thread)).status, 'busy');
  await client.runs.cancel(thread, run.run_id, true);
});

test('runs are listed, the newest first, by status, page by page, with the fields that were selected', async () => {
  const thread = await newThread();
  const ids = [];
  for (let n = 0; n < 3; n += 1) {
    const run = await client.runs.create(thread, 'echo', { input: { n } });
    await client.runs.join(thread, run.run_id);
    ids.unshift(run.run_id);
  }
  assert.deepEqual((await client.runs.list(thread)).map((run) => run.run_id), ids);
  assert.deepEqual((await client.runs.list(thread, { limit: 1, offset: 1 })).map((run) => run.run_id), [ids[1]]);
  assert.equal((await client.runs.list(thread, { status: 'success' })).length, 3);
  assert.deepEqual(await client.runs.list(thread, { status: 'error' }), []);
  const selected = await client.runs.list(thread, { limit: 1000, select: ['run_id', 'kwargs', 'created_at', 'multitask_strategy'] });
  assert.deepEqual(Object.keys(selected[0]).sort(), ['created_at', 'kwargs', 'multitask_strategy', 'run_id']);
  assert.deepEqual(selected[0].kwargs.input, { n: 2 });
});

test('a run that is done can be deleted', async () => {
  const thread = await newThread();
  const run = await client.runs.create(thread, 'echo', { input: {} });
  await client.runs.join(thread, run.run_id);
  await client.runs.delete(thread, run.run_id);
  await refused(() => client.runs.get(thread, run.run_id), 404);
  assert.deepEqual(await client.runs.list(thread), []);
});

test('cancel ends the run, and with wait answers once it has', async () => {
  const { thread, run } = await busyThread();
  assert.equal(await client.runs.cancel(thread, run, true), undefined);
  assert.equal((await client.runs.get(thread, run)).status, 'interrupted');
  assert.equal((await client.threads.get(thread)).status, 'idle');
});

test('cancel without wait is accepted', async () => {
  const { thread, run } = await busyThread();
  assert.equal((await post(`/threads/${thread}/runs/${run}/cancel?wait=0&action=interrupt`, '')).status, 202);
  await untilRun(thread, run, 'interrupted');
});

test('cancel with rollback forgets the run and what it did', async () => {
  const thread = await newThread();
  await client.runs.wait(thread, 'echo', { input: { n: 1 } });
  const history = await client.threads.getHistory(thread);
  const run = await client.runs.create(thread, 'delay', { input: { ms: 60_000 } });
  await untilRun(thread, run.run_id, 'running');
  await client.runs.cancel(thread, run.run_id, true, 'rollback');
  await refused(() => client.runs.get(thread, run.run_id), 404);
  assert.ok((await client.runs.list(thread)).every((listed) => listed.run_id !== run.run_id));
  const state = await client.threads.getState(thread);
  assert.deepEqual(state.values, history[0].values);
  assert.deepEqual(state.next, []);
});

test('cancelling a run that is done has no effect, so that Stop leaves a question open', async () => {
  const { thread, run, interrupt } = await askingThread();
  assert.equal(await client.runs.cancel(thread, run), undefined);
  await client.runs.cancel(thread, run, true);
  assert.equal((await client.runs.get(thread, run)).status, 'success');
  const found = await client.threads.get(thread);
  assert.equal(found.status, 'interrupted');
  assert.equal(Object.values(found.interrupts)[0][0].id, interrupt);
});

test('many runs are cancelled at once, by their ids or by their status', async () => {
  const first = await busyThread();
  const queued = await client.runs.create(first.thread, 'delay', { input: { ms: 60_000 }, multitaskStrategy: 'enqueue' });
  assert.equal(queued.status, 'pending');
  await client.runs.cancelMany({ threadId: first.thread, runIds: [first.run, queued.run_id] });
  for (const id of [first.run, queued.run_id]) await untilRun(first.thread, id, 'interrupted');

  const second = await busyThread();
  const behind = await client.runs.create(second.thread, 'delay', { input: { ms: 60_000 } });
  await client.runs.cancelMany({ threadId: second.thread, status: 'pending' });
  await untilRun(second.thread, behind.run_id, 'interrupted');
  assert.equal((await client.runs.get(second.thread, second.run)).status, 'running');
  await client.runs.cancelMany({ threadId: second.thread, status: 'all', action: 'rollback' });
  await eventually('the run is forgotten', () => client.runs.get(second.thread, second.run).then(() => false, (error) => error.status === 404));
});

test('a missing thread is refused, or created where that is asked for', async () => {
  const thread = newId();
  await refused(() => client.runs.create(thread, 'echo', { input: {} }), 404);
  await refused(() => client.runs.wait(thread, 'echo', { input: {}, ifNotExists: 'reject' }), 404);
  await assert.rejects(() => begun(client.runs.stream(thread, 'echo', { input: {} })), { status: 404 });
  const values = await client.runs.wait(thread, 'echo', { input: { a: 1 }, ifNotExists: 'create' });
  assert.deepEqual(values.output, { a: 1 });
  assert.equal((await client.threads.get(thread)).thread_id, thread);
});

test('a run that is to start later is pending until then', async () => {
  const thread = await newThread();
  const run = await client.runs.create(thread, 'echo', { input: {}, afterSeconds: 2 });
  assert.equal(run.status, 'pending');
  assert.equal((await client.threads.get(thread)).status, 'busy');
  await sleep(500);
  assert.equal((await client.runs.get(thread, run.run_id)).status, 'pending');
  await untilRun(thread, run.run_id, 'success');
});

test('a run that is to start later can be cancelled before', async () => {
  const thread = await newThread();
  const run = await client.runs.create(thread, 'echo', { input: {}, afterSeconds: 3600 });
  await client.runs.cancel(thread, run.run_id, true);
  assert.equal((await client.runs.get(thread, run.run_id)).status, 'interrupted');
  assert.equal((await client.threads.get(thread)).status, 'idle');
});

test('the recursion limit of a run counts, instead of the one of its workflow', async () => {
  const plan = Array.from({ length: 10 }, () => ({ op: 'add', by: 1 }));
  const thread = await newThread();
  await assert.rejects(
    client.runs.wait(thread, 'agent-loop', { input: { plan, value: 0 }, config: { recursion_limit: 4 } }),
    /Recursion limit of 4 super-steps reached/);
  assert.equal((await client.threads.get(thread)).status, 'error');
  // What goes on has its own: here, that of the workflow.
  const values = await client.runs.wait(thread, 'agent-loop', { input: null });
  assert.equal(values.answer, 'It is 10');
});

test('the recursion limit of an assistant holds for its runs, unless they have one', async () => {
  const plan = Array.from({ length: 10 }, () => ({ op: 'add', by: 1 }));
  const { assistant_id: short } = await client.assistants.create({ graphId: 'agent-loop', config: { recursion_limit: 3 } });
  const input = { plan, value: 0 };
  await assert.rejects(client.runs.wait(await newThread(), short, { input }), /Recursion limit of 3 super-steps reached/);
  const values = await client.runs.wait(await newThread(), short, { input, config: { recursion_limit: 100 } });
  assert.equal(values.answer, 'It is 10');
});

test('a recursion limit that no run can have is refused', async () => {
  for (const limit of [0, 1001, 1.5, 'many'])
    await assert.rejects(
      client.runs.create(await newThread(), 'agent-loop', { input: {}, config: { recursion_limit: limit } }), { status: 422 });
});

test('the metadata of a run is on its checkpoints', async () => {
  const thread = await newThread();
  await client.runs.wait(thread, 'echo', { input: {}, metadata: { by: 'Ada' } });
  const state = await client.threads.getState(thread);
  assert.equal(state.metadata.by, 'Ada');
});

test('every durability is accepted', async () => {
  for (const durability of ['sync', 'async', 'exit']) {
    await client.runs.wait(await newThread(), 'echo', { input: {}, durability });
  }
  await client.runs.wait(await newThread(), 'echo', { input: {}, checkpointDuring: true });
});

test('a run on a thread that went away while waiting for it is not lost', async () => {
  const gate = await proxy();
  try {
    const thread = await newThread();
    let run;
    const waiting = newClient({ apiUrl: gate.url }).runs.wait(thread, 'delay', { input: { ms: 1_500 }, onDisconnect: 'continue' });
    run = await eventually('the run is there', async () => (await client.runs.list(thread))[0]);
    gate.cut();
    await assert.rejects(waiting);
    await untilRun(thread, run.run_id, 'success');
  } finally {
    gate.close();
  }
});

test('a run whose client goes away is cancelled where that is asked for', async () => {
  const gate = await proxy();
  try {
    const thread = await newThread();
    const there = newClient({ apiUrl: gate.url });
    const waiting = there.runs.wait(thread, 'delay', { input: { ms: 60_000 }, onDisconnect: 'cancel' }).catch(() => undefined);
    const first = await eventually('the run is there', async () => (await client.runs.list(thread, { status: 'running' }))[0]);
    gate.cut();
    await waiting;
    await untilRun(thread, first.run_id, 'interrupted');

    const gone = new AbortController();
    const stream = await begun(there.runs.stream(thread, 'delay', { input: { ms: 60_000 }, onDisconnect: 'cancel', signal: gone.signal }));
    assert.equal(stream.first.event, 'metadata');
    gone.abort();
    await untilRun(thread, stream.first.data.run_id, 'interrupted');
  } finally {
    gate.close();
  }
});

test('a client that joins can take the run with it', async () => {
  const { thread, run } = await busyThread();
  const gone = new AbortController();
  const joined = client.runs.join(thread, run, { cancelOnDisconnect: true, signal: gone.signal });
  joined.catch(() => undefined);
  await sleep(300);
  gone.abort();
  await assert.rejects(joined);
  await untilRun(thread, run, 'interrupted');
});

test('an idempotency key makes one run of one request that is sent twice', async () => {
  const thread = await newThread();
  const key = newId();
  const keyed = newClient({ defaultHeaders: { 'Idempotency-Key': key } });
  const first = await keyed.runs.create(thread, 'echo', { input: { n: 1 } });
  const second = await keyed.runs.create(thread, 'echo', { input: { n: 1 } });
  assert.equal(second.run_id, first.run_id);
  await client.runs.join(thread, first.run_id);
  assert.equal((await client.runs.list(thread)).length, 1);
  await refused(() => keyed.runs.create(thread, 'echo', { input: { n: 2 } }), 409);
});

test('a precondition of our own keeps a run off a thread that asks', async () => {
  const { thread } = await askingThread();
  const response = await post(`/threads/${thread}/runs`, { assistant_id: 'echo', input: {}, if_thread_status: ['idle'] });
  assert.ok([409, 412].includes(response.status), String(response.status));
  assert.equal((await client.threads.get(thread)).status, 'interrupted');
});

// The server has to allow private addresses for these two: THREADWRIGHT_WEBHOOKS_PRIVATE=1 says that it does.
const privately = { skip: process.env.THREADWRIGHT_WEBHOOKS_PRIVATE ? false : 'the server refuses private addresses' };

test('a webhook is told the run and its values once it is done, again until it takes it', privately, async () => {
  const hook = await webhooks(1);
  try {
    const thread = await newThread();
    const run = await client.runs.create(thread, 'echo', { input: { n: 1 }, webhook: hook.url });
    await eventually('the second call', () => hook.calls.length >= 2);
    const [first, again] = hook.calls;
    assert.equal(first.method, 'POST');
    assert.equal(first.path, '/done');
    const body = JSON.parse(again.body);
    assert.equal(body.run_id, run.run_id);
    assert.equal(body.thread_id, thread);
    assert.equal(body.assistant_id, run.assistant_id);
    assert.equal(body.status, 'success');
    assert.deepEqual(body.values.output, { n: 1 });
    assert.deepEqual(body.kwargs.input, { n: 1 });
    assert.ok(Date.parse(body.run_started_at) <= Date.parse(body.run_ended_at));
    assert.equal(first.headers['webhook-id'], again.headers['webhook-id']);
    assert.match(again.headers['webhook-timestamp'], /^\d+$/);
    const secret = process.env.THREADWRIGHT_WEBHOOKS_SECRET;
    if (secret) {
      assert.match(again.headers['webhook-signature'], /^v1,/);
      const signed = `${again.headers['webhook-id']}.${again.headers['webhook-timestamp']}.${again.body}`;
      const expected = createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64')).update(signed).digest('base64');
      assert.ok(again.headers['webhook-signature'].split(' ').includes(`v1,${expected}`));
    }
  } finally {
    hook.close();
  }
});

test('a webhook that never answers does not fail the run', privately, async () => {
  const hook = await webhooks(Infinity);
  try {
    const thread = await newThread();
    assert.deepEqual((await client.runs.wait(thread, 'echo', { input: { n: 1 }, webhook: hook.url })).output, { n: 1 });
    await untilThread(thread, 'idle');
  } finally {
    hook.close();
  }
});

test('a webhook to a private address is refused', { skip: !privately.skip && 'the server allows private addresses' }, async () => {
  const thread = await newThread();
  for (const webhook of ['http://127.0.0.1:1/x', 'http://169.254.169.254/latest', 'file:///etc/passwd']) {
    await refused(() => client.runs.create(thread, 'echo', { input: {}, webhook }), 422);
  }
});
