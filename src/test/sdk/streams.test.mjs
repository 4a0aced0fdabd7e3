import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  APPROVAL, ORDER, THREE_STEPS, begun, busyThread, client, collect, frames, lastOf, named, newThread, post, url, workflow,
} from './support.mjs';

before(() => workflow(THREE_STEPS));

async function streamed(assistant, input, options) {
  return collect(client.runs.stream(await newThread(), assistant, { input, ...options }));
}

test('a stream says first which run it is, and then the values after each super-step', async () => {
  const thread = await newThread();
  let created;
  const parts = await collect(client.runs.stream(thread, 'sdk-three-steps', { input: {}, streamMode: 'values', onRunCreated: (run) => (created = run) }));
  assert.equal(parts[0].event, 'metadata');
  assert.deepEqual(created, { run_id: parts[0].data.run_id, thread_id: thread });
  assert.deepEqual(named(parts, 'values').map((part) => part.data.trace ?? []), [[], ['one'], ['one', 'two'], ['one', 'two', 'three']]);
  assert.equal((await client.runs.get(thread, created.run_id)).status, 'success', 'done once the stream is');
});

test('values is the mode unless another is asked for', async () => {
  const events = new Set((await streamed('sdk-three-steps', {})).map((part) => part.event));
  assert.deepEqual([...events], ['metadata', 'values']);
});

test('updates are the writes of each step, by its name', async () => {
  const parts = await streamed('sdk-three-steps', {}, { streamMode: 'updates' });
  assert.deepEqual(parts.slice(1).map((part) => part.event), ['updates', 'updates', 'updates']);
  assert.deepEqual(named(parts, 'updates').map((part) => part.data), [{ one: { trace: 'one' } }, { two: { trace: 'two' } }, { three: { trace: 'three' } }]);
});

test('tasks begin and end', async () => {
  const tasks = named(await streamed('sdk-three-steps', {}, { streamMode: 'tasks' }), 'tasks').map((part) => part.data);
  assert.equal(tasks.length, 6);
  for (let at = 0; at < 6; at += 2) {
    const [began, ended] = tasks.slice(at, at + 2);
    assert.equal(began.id, ended.id);
    assert.equal(began.name, ended.name);
    assert.ok('input' in began && 'triggers' in began);
    assert.ok('result' in ended);
    assert.deepEqual(ended.interrupts, []);
  }
  assert.deepEqual(tasks.map((task) => task.name), ['one', 'one', 'two', 'two', 'three', 'three']);
});

test('checkpoints are those of the history', async () => {
  const thread = await newThread();
  const parts = await collect(client.runs.stream(thread, 'sdk-three-steps', { input: {}, streamMode: 'checkpoints' }));
  const seen = named(parts, 'checkpoints').map((part) => part.data);
  const history = (await client.threads.getHistory(thread)).reverse();
  assert.deepEqual(seen.map((data) => data.config.configurable.checkpoint_id), history.map((state) => state.checkpoint.checkpoint_id));
  assert.deepEqual(seen.map((data) => data.next), history.map((state) => state.next));
  assert.deepEqual(seen.map((data) => data.metadata.source), history.map((state) => state.metadata.source));
  assert.deepEqual(seen.at(-1).values, history.at(-1).values);
  assert.ok(seen.every((data) => Array.isArray(data.tasks)));
});

test('debug tells checkpoints and tasks, each with its super-step', async () => {
  const told = named(await streamed('sdk-three-steps', {}, { streamMode: 'debug' }), 'debug').map((part) => part.data);
  assert.deepEqual(new Set(told.map((data) => data.type)), new Set(['checkpoint', 'task', 'task_result']));
  assert.ok(told.every((data) => Number.isInteger(data.step) && data.timestamp && data.payload));
});

test('events tell that chains begin and end', async () => {
  const events = named(await streamed('sdk-three-steps', {}, { streamMode: 'events' }), 'events').map((part) => part.data);
  assert.ok(events.length > 0);
  for (const event of events) {
    assert.match(event.event, /^on_[a-z_]+$/);
    assert.equal(typeof event.name, 'string');
    assert.equal(typeof event.run_id, 'string');
    assert.ok(Array.isArray(event.tags) && Array.isArray(event.parent_ids));
  }
});

test('messages-tuple has each message with where it is from', async () => {
  const parts = await streamed('assistant', { text: 'A table, please' }, { streamMode: 'messages-tuple' });
  for (const { data: [message, metadata] } of named(parts, 'messages')) {
    assert.equal(typeof message.type, 'string', 'clients read the type, not the role');
    assert.equal(typeof message.id, 'string', 'clients drop messages without an id');
    assert.equal(typeof metadata.langgraph_node, 'string');
    assert.ok(Array.isArray(metadata.tags));
  }
});

test('messages-tuple has what a step says', async () => {
  const thread = await newThread();
  await client.runs.wait(thread, 'assistant', { input: { text: 'A table, please' } });
  const parts = await collect(client.runs.stream(thread, 'assistant', { command: { resume: { text: '4' } }, streamMode: 'messages-tuple' }));
  const said = named(parts, 'messages').map((part) => part.data[0]);
  assert.ok(said.some((message) => message.type === 'ai' && message.content === 'A table for 4 it is.'), JSON.stringify(said));
  assert.equal(named(parts, 'messages').at(-1).data[1].langgraph_node, 'book');
});

test('messages has whole messages', async () => {
  const thread = await newThread();
  await client.runs.wait(thread, 'assistant', { input: { text: 'A table, please' } });
  const parts = await collect(client.runs.stream(thread, 'assistant', { command: { resume: { text: '4' } }, streamMode: 'messages' }));
  assert.ok(parts.slice(1).every((part) => part.event.startsWith('messages/')), parts.map((part) => part.event).join());
  const said = named(parts, 'messages/complete').flatMap((part) => part.data);
  assert.ok(said.some((message) => message.content === 'A table for 4 it is.'));
});

test('the messages of a state have what clients need to show them', async () => {
  const thread = await newThread();
  const values = await client.runs.wait(thread, 'assistant', { input: { text: 'A table, please' } });
  assert.equal(values.messages[0].type, 'human');
  assert.equal(values.messages[0].content, 'A table, please');
  assert.equal(typeof values.messages[0].id, 'string');
});

test('custom has nothing of a workflow that says nothing', async () => {
  assert.deepEqual((await streamed('echo', {}, { streamMode: 'custom' })).map((part) => part.event), ['metadata']);
});

test('several modes come in one stream, in one order', async () => {
  const parts = await streamed('sdk-three-steps', {}, { streamMode: ['values', 'updates', 'tasks'] });
  assert.equal(parts[0].event, 'metadata');
  const events = parts.slice(1).map((part) => part.event);
  assert.deepEqual(new Set(events), new Set(['values', 'updates', 'tasks']));
  const written = parts.findIndex((part) => part.event === 'updates' && 'two' in part.data);
  const seen = parts.findIndex((part) => part.event === 'values' && part.data.trace?.length === 2);
  assert.ok(written >= 0 && seen > written, 'the update of a step, then the values with it');
});

test('parallel tasks each have an update', async () => {
  const updates = named(await streamed('fan-out', { items: ORDER.items }, { streamMode: 'updates' }), 'updates').map((part) => part.data);
  assert.equal(updates.filter((update) => 'price' in update).length, 2);
  assert.deepEqual(updates.at(-1), { gather: { summary: { count: 2, cents: 700 } } });
});

test('what subgraphs do is told under their namespace where that is asked for', async () => {
  const without = await streamed('report', ORDER, { streamMode: 'updates' });
  assert.ok(without.every((part) => !part.event.includes('|')));
  const parts = await streamed('report', ORDER, { streamMode: ['updates', 'values'], streamSubgraphs: true });
  const inner = parts.filter((part) => /^updates\|price:[^|]+$/.test(part.event));
  assert.ok(inner.some((part) => 'gather' in part.data), parts.map((part) => part.event).join());
  assert.ok(parts.some((part) => part.event.startsWith('values|price:')));
  assert.equal(lastOf(parts, 'values').report, 'Dear Ada, that makes 700 cents');
});

test('only some namespaces of a stream are told where that is asked for', async () => {
  const parts = await streamed('report', ORDER, { streamMode: 'updates', streamSubgraphs: true, streamNamespaces: [''] });
  assert.ok(parts.every((part) => !part.event.includes('|')), parts.map((part) => part.event).join());
});

test('a stream that stops for somebody ends with what is asked', async () => {
  for (const streamMode of ['values', 'updates']) {
    const parts = await streamed('approval', APPROVAL, { streamMode });
    const { __interrupt__: asked } = parts.filter((part) => part.event === streamMode).at(-1).data;
    assert.equal(asked.length, 1);
    assert.match(asked[0].id, /^[0-9a-f]{32}$/);
    assert.deepEqual(asked[0].value, { item: 'bolt', count: 3, cents: 1200 });
    assert.equal(asked[0].response_schema.type, 'object');
  }
});

test('a stream that stops at a breakpoint ends with nothing asked', async () => {
  const parts = await streamed('sdk-three-steps', {}, { streamMode: ['values', 'updates'], interruptBefore: ['two'] });
  assert.deepEqual(lastOf(parts, 'values').__interrupt__, []);
  assert.deepEqual(lastOf(parts, 'updates').__interrupt__, []);
});

test('a stream whose run fails ends with the error', async () => {
  const parts = await streamed('delay', { ms: 'soon' });
  const error = parts.at(-1);
  assert.equal(error.event, 'error');
  assert.equal(typeof error.data.error, 'string');
  assert.match(error.data.message, /data\.ms/);
});

test('a stream whose run is cancelled ends', async () => {
  const thread = await newThread();
  const stream = await begun(client.runs.stream(thread, 'delay', { input: { ms: 60_000 } }));
  await client.runs.cancel(thread, stream.first.data.run_id);
  await stream.rest();
  assert.equal((await client.runs.get(thread, stream.first.data.run_id)).status, 'interrupted');
});

test('the stream of a queued run waits until it has run', async () => {
  const { thread, run } = await busyThread(700);
  const parts = await collect(client.runs.stream(thread, 'echo', { input: { n: 2 }, multitaskStrategy: 'enqueue' }));
  assert.deepEqual(lastOf(parts, 'values').output, { n: 2 });
  assert.notEqual(parts[0].data.run_id, run);
});

test('a run is joined in the middle, from there on', async () => {
  const { thread, run } = await busyThread(800);
  const parts = await collect(client.runs.joinStream(thread, run, { streamMode: ['values'] }));
  assert.deepEqual(lastOf(parts, 'values').output, { ms: 800 });
});

test('the headers say where the run is and where its stream goes on', async () => {
  const thread = await newThread();
  const response = await post(`/threads/${thread}/runs/stream`, { assistant_id: 'echo', input: {}, stream_mode: ['values', 'updates'] });
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type'), /^text\/event-stream/);
  assert.match(response.headers.get('cache-control') ?? '', /no-(store|cache)/);
  const [, run] = /^\/threads\/[^/]+\/runs\/([^/?]+)$/.exec(response.headers.get('content-location'));
  const location = response.headers.get('location');
  assert.ok(location.startsWith(`/threads/${thread}/runs/${run}/stream`), location);
  const told = await frames(response);
  assert.equal(told[0].event, 'metadata');
  assert.equal(JSON.parse(told[0].data).run_id, run);

  const again = await frames(await fetch(`${url}${location}`, { headers: { 'Last-Event-ID': '-1' } }));
  assert.deepEqual(again.filter((frame) => frame.event), told.filter((frame) => frame.event), 'with the modes of the run');
});

test('every frame that can be resumed has an id of its own, in order', async () => {
  const thread = await newThread();
  const response = await post(`/threads/${thread}/runs/stream`, { assistant_id: 'report', input: ORDER, stream_mode: ['values', 'updates', 'tasks', 'checkpoints', 'debug'], stream_subgraphs: true });
  const told = (await frames(response)).filter((frame) => frame.event);
  const ids = told.map((frame) => frame.id);
  assert.ok(ids.every((id) => id), 'an id at each');
  assert.equal(new Set(ids).size, ids.length, 'each only once');
});

test('a quiet stream has heartbeats, which are comments', { timeout: 40_000 }, async () => {
  const thread = await newThread();
  const response = await post(`/threads/${thread}/runs/stream`, { assistant_id: 'delay', input: { ms: 25_000 }, on_disconnect: 'cancel' });
  const beats = await frames(response, (found) => found.filter((frame) => frame.comments.length).length >= 2);
  assert.ok(beats.filter((frame) => frame.comments.length).length >= 2);
});

test('the end is told on streams that can be resumed, and only there', async () => {
  const plain = await streamed('echo', {});
  assert.equal(named(plain, 'end').length, 0);
  const resumable = await streamed('echo', {}, { streamResumable: true });
  const end = resumable.at(-1);
  assert.equal(end.event, 'end');
  assert.deepEqual(end.data, { run_id: resumable[0].data.run_id, status: 'success' });
});

test('the stream of a thread has its runs, one after the other, and stays open', async () => {
  const thread = await newThread();
  const gone = new AbortController();
  const stream = client.threads.joinStream(thread, { lastEventId: '-', streamMode: ['run_modes'], signal: gone.signal });
  const seen = [];
  const reading = (async () => {
    for await (const part of stream) {
      seen.push(part);
      if (named(seen, 'metadata').length === 2 && seen.at(-1).event === 'values' && seen.at(-1).data.output?.n === 2) break;
    }
  })();
  await client.runs.wait(thread, 'echo', { input: { n: 1 } });
  await client.runs.wait(thread, 'echo', { input: { n: 2 } });
  await reading;
  gone.abort();
  const runs = named(seen, 'metadata').map((part) => part.data.run_id);
  assert.equal(new Set(runs).size, 2);
});

test('a client that reads nothing for a while gets everything in the end', async () => {
  const thread = await newThread();
  const plan = Array.from({ length: 8 }, () => ({ op: 'add', by: 1 }));
  const stream = await begun(client.runs.stream(thread, 'agent-loop', { input: { plan, value: 0 }, streamMode: 'updates' }));
  await client.runs.join(thread, stream.first.data.run_id);
  const updates = named(await stream.rest(), 'updates');
  assert.equal(updates.filter((part) => 'tool' in part.data).length, 8);
  assert.equal(updates.at(-1).data.answer.answer, 'It is 8');
});
