import assert from 'node:assert/strict';
import { test } from 'node:test';
import { busyThread, client, newClient, newId, newThread, post, refused, url } from './support.mjs';

const legible = async (response, ...statuses) => {
  const text = await response.text();
  assert.ok(statuses.includes(response.status), `${response.status}: ${text}`);
  const body = JSON.parse(text);
  assert.equal(typeof body.detail, 'string', text);
  return body;
};

test('what is thrown has the status, the words and the body', async () => {
  const id = newId();
  const { error, body } = await refused(() => client.threads.get(id), 404);
  assert.equal(error.text, JSON.stringify(body));
  assert.ok(body.detail.includes(id));
  assert.equal(error.response.status, 404);
});

test('a refusal is not tried again, and so is seen at once', async () => {
  const began = Date.now();
  let asked = 0;
  const counting = newClient({ callerOptions: { maxRetries: 4, fetch: (...args) => ((asked += 1), fetch(...args)) } });
  await refused(() => counting.threads.get(newId()), 404);
  assert.equal(asked, 1);
  assert.ok(Date.now() - began < 5_000);
});

test('unknown assistants, runs and threads are 404', async () => {
  const thread = await newThread();
  await refused(() => client.runs.create(thread, 'no-such-graph', { input: {} }), 404);
  await refused(() => client.runs.create(thread, newId(), { input: {} }), 404);
  await refused(() => client.runs.get(thread, newId()), 404);
  await refused(() => client.runs.join(thread, newId()), 404);
  await refused(() => client.runs.cancel(thread, newId()), 404);
  await refused(() => client.runs.delete(thread, newId()), 404);
  await assert.rejects(async () => {
    for await (const part of client.runs.joinStream(thread, newId())) assert.fail(JSON.stringify(part));
  }, { status: 404 });
});

test('a run of another thread is not found on this one', async () => {
  const { thread, run } = await busyThread();
  await refused(async () => client.runs.get(await newThread(), run), 404);
  await client.runs.cancel(thread, run, true);
});

test('a body that is no JSON is refused in words', async () => {
  const thread = await newThread();
  for (const body of ['{', '', 'null', '[]', '"run"', '{"assistant_id": "echo", "assistant_id": 1}']) {
    await legible(await post(`/threads/${thread}/runs`, body), 400, 422);
  }
});

test('a wrong type names the place', async () => {
  const thread = await newThread();
  for (const [field, value] of Object.entries({
    assistant_id: 1, metadata: [], config: 'x', multitask_strategy: 1, after_seconds: 'soon', stream_mode: ['nonsense'],
    interrupt_before: 3, stream_resumable: 'yes', if_not_exists: 'maybe', command: 'resume', checkpoint: 'c', on_disconnect: 'x', durability: 'x',
  })) {
    const body = await legible(await post(`/threads/${thread}/runs`, { assistant_id: 'echo', input: {}, [field]: value }), 400, 422);
    assert.ok(JSON.stringify(body).includes(field), `${field} in ${JSON.stringify(body)}`);
  }
});

test('a field that there is not is refused by name, but what the SDK sends is not', async () => {
  const thread = await newThread();
  const body = await legible(await post(`/threads/${thread}/runs`, { assistant_id: 'echo', input: {}, inputs: {} }), 422);
  assert.match(JSON.stringify(body), /inputs/);
  await client.runs.wait(thread, 'echo', { input: {}, feedbackKeys: ['k'], context: { a: 1 }, onCompletion: 'complete', config: { tags: ['t'], configurable: { thread_id: thread, a: 1 } } });
});

test('a missing assistant_id is refused by name', async () => {
  const body = await legible(await post(`/threads/${await newThread()}/runs`, { input: {} }), 422);
  assert.match(JSON.stringify(body), /assistant_id/);
});

test('a huge body is refused', async () => {
  const thread = await newThread();
  const response = await post(`/threads/${thread}/runs`, { assistant_id: 'echo', input: { text: 'x'.repeat(64 * 1024 * 1024) } }).catch((error) => error);
  if (response instanceof Response) assert.equal(response.status, 413);
  assert.equal((await client.threads.get(thread)).status, 'idle', 'and the server is well');
});

test('a body that is nested too deeply is refused', async () => {
  const deep = '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000);
  await legible(await post(`/threads/${await newThread()}/runs`, `{"assistant_id":"echo","input":${deep}}`), 400, 413, 422);
});

test('a wrong method, a wrong type of body and an unknown path', async () => {
  const thread = await newThread();
  assert.equal((await fetch(`${url}/threads/${thread}/runs`, { method: 'PUT' })).status, 405);
  assert.equal((await fetch(`${url}/threads`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' })).status, 415);
  assert.equal((await fetch(`${url}/no/such/path`)).status, 404);
});

test('numbers that are out of bounds are refused', async () => {
  const thread = await newThread();
  await refused(() => client.runs.list(thread, { limit: -1 }), 422);
  await refused(() => client.runs.list(thread, { offset: -1 }), 422);
  await refused(() => client.threads.getHistory(thread, { limit: 0 }), 422);
  await refused(() => client.runs.create(thread, 'echo', { input: {}, afterSeconds: -1 }), 422);
});

test('null as an optional field is as if it was not there', async () => {
  const thread = await newThread();
  const response = await post(`/threads/${thread}/runs`, {
    assistant_id: 'echo', input: { a: 1 }, command: null, config: null, metadata: null, webhook: null, checkpoint: null,
    interrupt_before: null, interrupt_after: null, multitask_strategy: null, after_seconds: null, if_not_exists: null, stream_mode: null,
  });
  assert.equal(response.status, 200, await response.clone().text());
});
