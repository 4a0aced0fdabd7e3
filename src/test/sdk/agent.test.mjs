import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { client, collect, lastOf, named, newClient, newThread, untilThread, url } from './support.mjs';

// THREADWRIGHT_MODEL_PORT: where the server looks for its model `default`, on this machine; THREADWRIGHT_SCRIPTED_MODEL: the file.
const port = process.env.THREADWRIGHT_MODEL_PORT;
const skip = port ? false : 'THREADWRIGHT_MODEL_PORT is not set: the server has no model of ours';
let model;

before(async () => {
  if (skip) return;
  const { scriptedModel } = await import(process.env.THREADWRIGHT_SCRIPTED_MODEL ?? '../../../examples/scripted-model.mjs');
  model = await scriptedModel(Number(port));
});

after(() => model?.close());

const human = (content) => ({ messages: [{ type: 'human', content }] });
const journal = async (thread) => (await (await fetch(`${url}/threads/${thread}/events?from=1&limit=200`)).json()).events;

/** What a client has in the end that appends pieces of messages, as `useStream` does. */
function appended(parts) {
  const texts = new Map();
  for (const { data: [message] } of named(parts, 'messages')) {
    texts.set(message.id, (texts.get(message.id) ?? '') + message.content);
  }
  return texts;
}

const other = process.env.THREADWRIGHT_OTHER_URL;

test('an agent looks something up, and its words come while it says them', { skip }, async () => {
  const thread = await newThread();
  await looksUp(client, thread);
});

test('its words come on whatever server is asked', { skip: skip || (other ? false : 'THREADWRIGHT_OTHER_URL is not set') }, async () => {
  // One of them runs each thread, so the other one is told.
  for (let i = 0; i < 3; i++) {
    const thread = await newThread();
    await looksUp(newClient({ apiUrl: other }), thread);
  }
});

async function looksUp(by, thread) {
  const parts = await collect(by.runs.stream(thread, 'agent', { input: human('What is in order A-17?'), streamMode: ['messages-tuple', 'values'] }));
  const chunks = named(parts, 'messages').filter(({ data: [message] }) => message.type === 'AIMessageChunk');
  assert.ok(chunks.length > 5, `${chunks.length} chunks`);
  assert.ok(chunks.every(({ data: [, metadata] }) => metadata.langgraph_node === 'think'));
  const final = lastOf(parts, 'values').messages;
  assert.deepEqual(final.map((message) => message.type), ['human', 'ai', 'tool', 'ai']);
  assert.equal(final.at(-1).content, 'Order A-17 is of bolts, for 1200 cents.');
  assert.deepEqual(final[1].tool_calls.map(({ name, args }) => ({ name, args })), [{ name: 'find_order', args: { number: 'A-17' } }]);
  assert.equal(final[2].tool_call_id, final[1].tool_calls[0].id);
  // Pieces and whole messages together are each message once.
  const told = appended(parts);
  for (const message of final.filter(({ type }) => type !== 'human')) assert.equal(told.get(message.id), message.content, JSON.stringify(message));
  // Whoever comes late has missed pieces of the first message, and is told it whole; nobody is told a call's name twice.
  const names = chunks.flatMap(({ data: [message] }) => message.tool_call_chunks ?? []).filter((chunk) => chunk.name);
  assert.ok(names.length <= 1, JSON.stringify(names));
}

test('a refund waits for an approval, and is made with it', { skip }, async () => {
  const thread = await newThread();
  await client.runs.wait(thread, 'agent', { input: human('Please refund order A-17') });
  const asked = Object.values((await untilThread(thread, 'interrupted')).interrupts).flat();
  assert.equal(asked.length, 1);
  assert.deepEqual(asked[0].value.calls.map(({ name, args }) => ({ name, args })), [{ name: 'refund', args: { number: 'A-17', cents: 1200 } }]);
  const requested = (await journal(thread)).filter(({ type }) => type === 'action.requested').map((event) => event.data?.handler ?? event.handler);
  assert.ok(!requested.includes('refund'), 'nothing was refunded before somebody approved');
  const values = await client.runs.wait(thread, 'agent', { command: { resume: { approved: true } } });
  assert.equal(values.messages.at(-1).content, 'Done: order A-17 is refunded, 1200 cents.');
});

test('what is declined is not done, and the model is told', { skip }, async () => {
  const thread = await newThread();
  await client.runs.wait(thread, 'agent', { input: human('Please refund order A-18') });
  const values = await client.runs.wait(thread, 'agent', { command: { resume: { approved: false } } });
  assert.equal(values.messages.at(-1).content, 'Sorry, nobody approved of a refund for order A-18.');
  assert.ok(!JSON.stringify(await journal(thread)).includes('"handler":"refund"'));
});

test('what nobody allowed is denied, journaled and told to the model', { skip }, async () => {
  const thread = await newThread();
  const values = await client.runs.wait(thread, 'agent', { input: human('Delete order A-17') });
  assert.match(values.messages.at(-1).content, /^I may not do that: .*"delete_order" is not allowed here/);
  assert.equal(values.messages.at(-2).status, 'error');
  assert.ok((await journal(thread)).some(({ type }) => type === 'action.denied'));
});

test('what a model used is journaled', { skip }, async () => {
  const thread = await newThread();
  await client.runs.wait(thread, 'agent', { input: human('What is in order A-17?') });
  assert.match(JSON.stringify(await journal(thread)), /"usage":\{"input_tokens":\d+,"output_tokens":\d+,"total_tokens":\d+\}/);
});
