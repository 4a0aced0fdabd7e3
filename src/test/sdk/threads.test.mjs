import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askingThread, busyThread, client, eventually, newId, newThread, refused, untilThread } from './support.mjs';

test('a thread is created with an id, and has all fields of the contract', async () => {
  const made = await client.threads.create({ metadata: { who: 'Ada' } });
  assert.match(made.thread_id, /^[0-9a-f-]{36}$/);
  assert.equal(made.status, 'idle');
  assert.equal(made.metadata.who, 'Ada');
  assert.deepEqual(made.interrupts ?? {}, {});
  for (const time of [made.created_at, made.updated_at]) assert.ok(Date.parse(time) > 0, time);

  const found = await client.threads.get(made.thread_id);
  assert.equal(found.thread_id, made.thread_id);
  assert.equal(found.created_at, made.created_at);
  assert.ok(found.values == null || Object.keys(found.values).length === 0);
});

test('a thread takes the id that it is given', async () => {
  const threadId = newId();
  assert.equal((await client.threads.create({ threadId })).thread_id, threadId);
});

test('creating a thread twice is a conflict unless nothing is to be done then', async () => {
  const threadId = newId();
  await client.threads.create({ threadId, metadata: { n: 1 } });
  await refused(() => client.threads.create({ threadId }), 409);
  await refused(() => client.threads.create({ threadId, ifExists: 'raise' }), 409);
  const same = await client.threads.create({ threadId, metadata: { n: 2 }, ifExists: 'do_nothing' });
  assert.equal(same.metadata.n, 1);
});

test('the graph of a thread is in its metadata', async () => {
  const made = await client.threads.create({ graphId: 'echo' });
  assert.equal(made.metadata.graph_id, 'echo');
});

test('a thread can begin with the outcome of super-steps', async () => {
  const threadId = await newThread({
    graphId: 'fan-out',
    supersteps: [
      { updates: [{ values: { items: [{ name: 'bolt', price: 3 }] }, asNode: '__start__' }] },
      { updates: [{ values: { summary: { count: 1, cents: 300 } }, asNode: 'gather' }] },
    ],
  });
  const state = await client.threads.getState(threadId);
  assert.deepEqual(state.values.summary, { count: 1, cents: 300 });
  assert.ok((await client.threads.getHistory(threadId)).length >= 2);
});

test('a super-step that a thread begins with can be a command', async () => {
  const threadId = await newThread({
    graphId: 'fan-out',
    supersteps: [
      { updates: [{ values: { items: [] }, asNode: '__start__' }] },
      { updates: [{ values: { total: 1 }, command: { update: [['total', 2], ['total', 4]], goto: 'gather' }, asNode: 'price' }] },
    ],
  });
  const state = await client.threads.getState(threadId);
  assert.equal(state.values.total, 7);
  assert.deepEqual(state.next, ['gather']);
  const values = await client.runs.wait(threadId, 'fan-out', { input: null });
  assert.deepEqual(values.summary, { count: 0, cents: 7 });
});

test('metadata is merged', async () => {
  const threadId = await newThread({ metadata: { a: 1, b: 1 } });
  const changed = await client.threads.update(threadId, { metadata: { b: 2, c: 3 } });
  assert.deepEqual({ a: changed.metadata.a, b: changed.metadata.b, c: changed.metadata.c }, { a: 1, b: 2, c: 3 });
});

test('a change that wants nothing back gets nothing back', async () => {
  const threadId = await newThread();
  assert.equal(await client.threads.update(threadId, { metadata: { a: 1 }, returnMinimal: true }), undefined);
  assert.equal((await client.threads.get(threadId)).metadata.a, 1);
});

test('a time to live is kept, and told to who asks for it', async () => {
  const threadId = await newThread({ ttl: 60 });
  const found = await client.threads.get(threadId, { include: ['ttl'] });
  assert.equal(found.ttl.strategy, 'delete');
  assert.equal(found.ttl.ttl_minutes, 60);
  assert.ok(Date.parse(found.ttl.expires_at) > Date.now());
});

test('a deleted thread is gone, and so are its runs and its state', async () => {
  const threadId = await newThread();
  const run = await client.runs.create(threadId, 'echo', { input: { a: 1 } });
  await client.runs.join(threadId, run.run_id);
  await client.threads.delete(threadId);
  await refused(() => client.threads.get(threadId), 404);
  await refused(() => client.threads.getState(threadId), 404);
  await refused(() => client.runs.get(threadId, run.run_id), 404);
  await refused(() => client.threads.delete(threadId), 404);
});

test('deleting a busy thread ends its run', async () => {
  const { thread } = await busyThread();
  await client.threads.delete(thread);
  await refused(() => client.threads.get(thread), 404);
});

test('pruning deletes the threads that there are, and says how many', async () => {
  const ids = [await newThread(), await newThread()];
  const { pruned_count: pruned } = await client.threads.prune([...ids, newId()]);
  assert.equal(pruned, 2);
  for (const id of ids) await refused(() => client.threads.get(id), 404);
});

// Ours: what was before is the journal, by which a thread can be recomputed and verified; it is not dropped.
test('pruning to the latest is refused in words, and changes nothing', async () => {
  const threadId = await newThread();
  await client.runs.wait(threadId, 'echo', { input: { n: 1 } });
  const { body } = await refused(() => client.threads.prune([threadId], { strategy: 'keep_latest' }), 422);
  assert.match(body.detail, /not supported/);
  await refused(() => client.threads.create({ ttl: { ttl: 60, strategy: 'keep_latest' } }), 422);
  assert.deepEqual((await client.threads.getState(threadId)).values.output, { n: 1 });
});

test('threads are found by metadata', async () => {
  const mark = newId();
  const ids = [await newThread({ metadata: { mark, n: 1 } }), await newThread({ metadata: { mark, n: 2 } })];
  const ofMark = await client.threads.search({ metadata: { mark } });
  assert.deepEqual(ofMark.map((found) => found.thread_id).sort(), [...ids].sort());
  const second = await client.threads.search({ metadata: { mark, n: 2 } });
  assert.deepEqual(second.map((found) => found.thread_id), [ids[1]]);
  assert.equal(await client.threads.count({ metadata: { mark } }), 2);
  assert.equal(await client.threads.count({ metadata: { mark, n: 3 } }), 0);
});

test('threads are found by values and by status', async () => {
  const mark = newId();
  const threadId = await newThread({ metadata: { mark } });
  await client.runs.wait(threadId, 'echo', { input: { mark } });
  const byValues = { metadata: { mark }, values: { output: { mark } } };
  assert.deepEqual((await client.threads.search(byValues)).map((found) => found.thread_id), [threadId]);
  assert.equal(await client.threads.count(byValues), 1);
  assert.equal(await client.threads.count({ metadata: { mark }, values: { output: 'other' } }), 0);
  assert.equal(await client.threads.count({ metadata: { mark }, status: 'idle' }), 1);
  assert.equal(await client.threads.count({ metadata: { mark }, status: 'busy' }), 0);
});

test('threads are found by id, sorted, page by page, with the fields that were selected', async () => {
  const mark = newId();
  const ids = [];
  for (let n = 0; n < 3; n += 1) ids.push(await newThread({ metadata: { mark, n } }));
  const query = { metadata: { mark }, sortBy: 'created_at', sortOrder: 'asc' };
  assert.deepEqual((await client.threads.search(query)).map((found) => found.thread_id), ids);
  assert.deepEqual((await client.threads.search({ ...query, sortOrder: 'desc', limit: 1, offset: 1 })).map((found) => found.thread_id), [ids[1]]);
  assert.deepEqual((await client.threads.search({ ids: [ids[2], newId()] })).map((found) => found.thread_id), [ids[2]]);
  assert.deepEqual(await client.threads.search({ ids: [ids[0]], select: ['thread_id', 'status'] }), [{ thread_id: ids[0], status: 'idle' }]);
});

test('search can extract single values', async () => {
  const threadId = await newThread();
  await client.runs.wait(threadId, 'assistant', { input: { text: 'A table, please' } });
  const [found] = await client.threads.search({ ids: [threadId], select: ['thread_id'], extract: { said: 'values.messages[0].content', last: 'values.messages[-1].content' } });
  assert.equal(found.extracted.said, 'A table, please');
  assert.equal(found.extracted.last, 'A table, please');
});

test('a page has at most 1,000 threads', async () => {
  await client.threads.search({ limit: 1000 });
  await refused(() => client.threads.search({ limit: 1001 }), 422);
  await refused(() => client.threads.search({ limit: -1 }), 422);
});

test('a thread is busy while a run is at work, and idle after it', async () => {
  const { thread, run } = await busyThread(500);
  assert.equal((await client.threads.get(thread)).status, 'busy');
  await client.runs.join(thread, run);
  await untilThread(thread, 'idle');
});

test('a thread that asks is interrupted, and has what it asks by task', async () => {
  const { thread, interrupt } = await askingThread();
  const found = await client.threads.get(thread);
  const [[task, asked]] = Object.entries(found.interrupts);
  assert.equal(typeof task, 'string');
  assert.equal(asked[0].id, interrupt);
  assert.deepEqual(asked[0].value, { item: 'bolt', count: 3, cents: 1200 });
});

test('a thread whose last run failed is in error, and says which', async () => {
  const threadId = await newThread();
  const run = await client.runs.create(threadId, 'delay', { input: { ms: 'soon' } });
  await client.runs.join(threadId, run.run_id).catch(() => undefined);
  const found = await untilThread(threadId, 'error');
  assert.match(JSON.stringify(found.error), /data\.ms/);
});

// Ours: the history of a copy begins with what was copied; that of the original stays there.
test('a copy has the state and the metadata, and goes its own way', async () => {
  const threadId = await newThread({ metadata: { mark: 'original' } });
  await client.runs.wait(threadId, 'echo', { input: { n: 1 } });
  const copy = await client.threads.copy(threadId);
  assert.notEqual(copy.thread_id, threadId);
  const copied = await eventually('the copy has its state', async () => {
    const state = await client.threads.getState(copy.thread_id);
    return state.values.output && state;
  });
  assert.deepEqual(copied.values.output, { n: 1 });
  const history = await client.threads.getHistory(copy.thread_id);
  assert.equal(history.length, 1);
  assert.equal(history[0].metadata.source, 'fork');
  assert.equal(copy.metadata.mark, 'original');
  assert.ok(history.every((state) => state.checkpoint.thread_id === copy.thread_id));

  await client.runs.wait(copy.thread_id, 'echo', { input: { n: 2 } });
  assert.deepEqual((await client.threads.getState(threadId)).values.output, { n: 1 });
});

test('unknown threads are not found, in every way to name one', async () => {
  const threadId = newId();
  await refused(() => client.threads.get(threadId), 404);
  await refused(() => client.threads.update(threadId, { metadata: {} }), 404);
  await refused(() => client.threads.copy(threadId), 404);
  await refused(() => client.threads.getState(threadId), 404);
  await refused(() => client.threads.getHistory(threadId), 404);
  await refused(() => client.threads.updateState(threadId, { values: {} }), 404);
  await refused(() => client.runs.list(threadId), 404);
  await refused(() => client.runs.get(threadId, newId()), 404);
});
