import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProtocolError } from '@langchain/langgraph-sdk';
import {
  APPROVAL, LIMIT_MS, ORDER, THREE_STEPS, TWO_QUESTIONS, client, frames, newClient, newId, newThread, post, proxy, untilThread, workflow,
} from './support.mjs';

// The newer protocol of the same SDK: commands to a thread, and a stream of its events.

const TRANSPORTS = ['sse', ...(globalThis.WebSocket ? ['websocket'] : [])];

before(async () => {
  await workflow(TWO_QUESTIONS);
  await workflow(THREE_STEPS);
});

async function opened(assistantId, transport, body, threadId = newId()) {
  const thread = client.threads.stream(threadId, { assistantId, transport });
  let limit;
  try {
    const late = new Promise((_, fail) => (limit = setTimeout(() => fail(new Error(`Not within ${LIMIT_MS} ms`)), LIMIT_MS)));
    return await Promise.race([body(thread), late]);
  } finally {
    clearTimeout(limit);
    // A socket that never opened is never told to be closed, and then this would not end.
    await Promise.race([thread.close(), sleep(1_000)]);
  }
}

/** Events until the run of the thread stops. */
async function untilStopped(subscription) {
  const events = [];
  for await (const event of subscription) events.push(event);
  return events;
}

for (const transport of TRANSPORTS) {
  test(`${transport}: run.start makes the thread and a run, whose values and end are told`, async () => {
    await opened('sdk-three-steps', transport, async (thread) => {
      const { run_id: run } = await thread.run.start({ input: {} });
      assert.equal(typeof run, 'string');
      const output = await thread.output;
      assert.deepEqual(output.trace, ['one', 'two', 'three']);
      assert.equal((await client.runs.get(thread.threadId, run)).status, 'success');
    });
  });

  test(`${transport}: events are in order, each with an id and a number of its own`, async () => {
    await opened('sdk-three-steps', transport, async (thread) => {
      // Before the run: the client ends subscriptions with the run's end, which those that are open already may hear first.
      const subscribing = thread.subscribe(['lifecycle', 'values', 'updates', 'checkpoints', 'tasks']);
      const { run_id: run } = await thread.run.start({ input: {} });
      const events = await untilStopped(await subscribing);
      const numbers = events.map((event) => event.seq);
      assert.deepEqual(numbers, [...new Set(numbers)].sort((one, other) => one - other));
      assert.equal(new Set(events.map((event) => event.event_id)).size, events.length);
      assert.ok(events.every((event) => event.params.timestamp > 0 && Array.isArray(event.params.namespace)));
      const lifecycle = events.filter((event) => event.method === 'lifecycle');
      assert.deepEqual([lifecycle[0].params.data.event, lifecycle.at(-1).params.data.event], ['running', 'completed']);
      assert.ok(lifecycle.every((event) => event.event_id.startsWith(`synth:${run}:`)), 'the run is in the id: there is no other place for it');
      const updates = events.filter((event) => event.method === 'updates').map((event) => event.params.data.node);
      assert.deepEqual(updates, ['one', 'two', 'three']);
      const methods = events.map((event) => event.method);
      for (let at = methods.indexOf('checkpoints'); at >= 0; at = methods.indexOf('checkpoints', at + 1)) {
        assert.equal(methods[at + 1], 'values', 'a checkpoint is right before its values');
      }
    });
  });

  test(`${transport}: a question is told, and answered by its id`, async () => {
    await opened('approval', transport, async (thread) => {
      await thread.run.start({ input: APPROVAL });
      await thread.output;
      assert.equal(thread.interrupted, true);
      const [asked] = thread.interrupts;
      assert.match(asked.interruptId, /^[0-9a-f]{32}$/);
      assert.deepEqual(asked.payload, { item: 'bolt', count: 3, cents: 1200 });
      assert.deepEqual(asked.namespace, []);
      await thread.input.respond({ namespace: asked.namespace, interrupt_id: asked.interruptId, response: { approved: false } });
      await untilThread(thread.threadId, 'idle');
      assert.equal((await client.threads.getState(thread.threadId)).values.status, 'declined');
    });
  });

  test(`${transport}: two questions are answered in one command`, async () => {
    await opened(TWO_QUESTIONS.name, transport, async (thread) => {
      await thread.run.start({ input: {} });
      await thread.output;
      assert.equal(thread.interrupts.length, 2);
      const responses = thread.interrupts.map((asked) => ({ namespace: [], interrupt_id: asked.interruptId, response: asked.payload.ask }));
      await thread.input.respond({ responses });
      await untilThread(thread.threadId, 'idle');
      const { values } = await client.threads.getState(thread.threadId);
      assert.deepEqual({ first: values.first, second: values.second }, { first: 'first', second: 'second' });
    });
  });

  test(`${transport}: the state is read by a command`, async () => {
    await opened('echo', transport, async (thread) => {
      await thread.run.start({ input: { n: 1 } });
      await thread.output;
      const { values, checkpoint } = await thread.state.get({ namespace: [] });
      assert.deepEqual(values.output, { n: 1 });
      assert.equal(checkpoint.id, (await client.threads.getState(thread.threadId)).checkpoint.checkpoint_id);
      const { values: some } = await thread.state.get({ namespace: [], keys: ['output'] });
      assert.deepEqual(Object.keys(some), ['output']);
    });
  });

  test(`${transport}: a late subscriber gets what was before`, async () => {
    const threadId = newId();
    await opened('sdk-three-steps', transport, async (thread) => {
      await thread.run.start({ input: {} });
      await thread.output;
    }, threadId);
    await opened('sdk-three-steps', transport, async (thread) => {
      const seen = [];
      for await (const event of await thread.subscribe(['updates', 'lifecycle'])) {
        seen.push(event);
        if (event.method === 'lifecycle' && event.params.data.event === 'completed') break;
      }
      assert.equal(seen.filter((event) => event.method === 'updates').length, 3);
    }, threadId);
  });

  test(`${transport}: commands that are wrong are refused with a code`, async () => {
    await opened('approval', transport, async (thread) => {
      await thread.run.start({ input: APPROVAL });
      await thread.output;
      const unknown = { namespace: [], interrupt_id: newId().replaceAll('-', ''), response: {} };
      await assert.rejects(() => thread.input.respond(unknown), (error) => error instanceof ProtocolError && error.code === 'no_such_interrupt');
    });
    await opened('no-such-graph', transport, async (thread) => {
      await assert.rejects(() => thread.run.start({ input: {} }), ProtocolError);
    });
  });
}

test('sse: a broken connection comes back, and nothing is told twice', async () => {
  const gate = await proxy();
  const thread = newClient({ apiUrl: gate.url }).threads.stream(newId(), { assistantId: 'delay', transport: 'sse', reconnectDelayMs: () => 50 });
  try {
    const seen = [];
    thread.onEvent((event) => seen.push(event));
    await thread.run.start({ input: { ms: 1_500 } });
    setTimeout(gate.cut, 500);
    assert.deepEqual((await thread.output).output, { ms: 1_500 });
    const ids = seen.map((event) => event.event_id);
    assert.equal(new Set(ids).size, ids.length);
  } finally {
    await thread.close();
    gate.close();
  }
});

test('commands are answered 200 with what they are the answer to', async () => {
  const thread = await newThread();
  const started = await post(`/threads/${thread}/commands`, { id: 7, method: 'run.start', params: { assistant_id: 'echo', input: { n: 1 } } });
  assert.equal(started.status, 200, 'clients wait for ever for the answer after 202 and 204');
  const answer = await started.json();
  assert.equal(answer.type, 'success');
  assert.equal(answer.id, 7);
  assert.equal(typeof answer.result.run_id, 'string');
  assert.ok(answer.meta === undefined || answer.meta.applied_through_seq >= 0);

  const unknown = await (await post(`/threads/${thread}/commands`, { id: 8, method: 'run.fly', params: {} })).json();
  assert.deepEqual({ type: unknown.type, id: unknown.id, error: unknown.error }, { type: 'error', id: 8, error: 'unknown_command' });
  const broken = await post(`/threads/${thread}/commands`, '{');
  assert.equal(broken.status, 400);
  assert.equal((await broken.json()).error, 'invalid_argument');
});

test('events are filtered by channel, namespace and depth, and begin behind a number', async () => {
  const thread = await newThread();
  await client.runs.wait(thread, 'report', { input: ORDER });
  const read = async (body, enough) => {
    const response = await post(`/threads/${thread}/stream/events`, body, { accept: 'text/event-stream' });
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type'), /^text\/event-stream/);
    return (await frames(response, enough)).filter((frame) => frame.data);
  };
  const ended = (found) => found.some((frame) => frame.data?.includes('"completed"') && frame.data.includes('"namespace":[]'));
  const all = await read({ channels: ['lifecycle', 'updates'] }, ended);
  assert.ok(all.some((frame) => JSON.parse(frame.data).params.namespace[0]?.startsWith('price:')));
  for (const frame of all) {
    const event = JSON.parse(frame.data);
    assert.equal(event.type, 'event');
    assert.equal(frame.event, event.method);
  }
  const flat = await read({ channels: ['lifecycle', 'updates'], namespaces: [[]], depth: 0 }, ended);
  assert.ok(flat.every((frame) => JSON.parse(frame.data).params.namespace.length === 0));
  const since = JSON.parse(all[2].data).seq;
  const rest = await read({ channels: ['lifecycle', 'updates'], since }, ended);
  assert.deepEqual(rest.map((frame) => frame.data), all.slice(3).map((frame) => frame.data));
});

test('events of a thread that there is not are 404, which clients take as final', async () => {
  assert.equal((await post(`/threads/${newId()}/stream/events`, { channels: ['values'] })).status, 404);
  assert.ok([400, 422].includes((await post(`/threads/${await newThread()}/stream/events`, { channels: [] })).status));
});
