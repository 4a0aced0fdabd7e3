import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  APPROVAL, THREE_STEPS, TWO_QUESTIONS, askingThread, client, collect, lastOf, newId, newThread, untilThread, workflow,
} from './support.mjs';

before(async () => {
  await workflow(TWO_QUESTIONS);
  await workflow(THREE_STEPS);
});

const three = (thread, options) => client.runs.wait(thread, 'sdk-three-steps', options);
const failed = (values) => {
  assert.equal(typeof values.__error__?.error, 'string', `an error, not ${JSON.stringify(values)}`);
  assert.equal(typeof values.__error__.message, 'string');
  return values.__error__;
};

async function twoQuestions() {
  const thread = await newThread();
  const values = await client.runs.wait(thread, TWO_QUESTIONS.name, { input: {} });
  const ids = Object.fromEntries(values.__interrupt__.map((asked) => [asked.value.ask, asked.id]));
  assert.deepEqual(Object.keys(ids).sort(), ['first', 'second']);
  return { thread, ids };
}

test('a leg that asks is a success, and the thread is interrupted', async () => {
  const { thread, run } = await askingThread();
  assert.equal((await client.runs.get(thread, run)).status, 'success');
});

test('an answer is a run of its own, and the one that asked never changes', async () => {
  const { thread, run } = await askingThread();
  const before = await client.runs.get(thread, run);
  const values = await client.runs.wait(thread, 'approval', { command: { resume: { approved: false, note: 'too dear' } } });
  assert.equal(values.status, 'declined');
  assert.equal(values.note, 'too dear');
  assert.equal('__interrupt__' in values, false);
  await untilThread(thread, 'idle');
  const [answer, asked] = await client.runs.list(thread);
  assert.notEqual(answer.run_id, run);
  assert.equal(answer.status, 'success');
  assert.deepEqual(asked, before);
});

test('a question is answered by its id', async () => {
  const { thread, interrupt } = await askingThread();
  const values = await client.runs.wait(thread, 'approval', { command: { resume: { [interrupt]: { approved: false } } } });
  assert.equal(values.status, 'declined');
});

test('the next question is another one', async () => {
  const thread = await newThread();
  const first = await client.runs.wait(thread, 'assistant', { input: { text: 'A table, please' } });
  const second = await client.runs.wait(thread, 'assistant', { command: { resume: { text: 'four' } } });
  assert.notEqual(second.__interrupt__[0].id, first.__interrupt__[0].id);
  const last = await client.runs.wait(thread, 'assistant', { command: { resume: { [second.__interrupt__[0].id]: { text: '4' } } } });
  assert.equal(last.messages.at(-1).content, 'A table for 4 it is.');
});

test('an answer that the schema does not allow is an error, and the question stays', async () => {
  const { thread, interrupt } = await askingThread();
  const error = failed(await client.runs.wait(thread, 'approval', { command: { resume: { [interrupt]: { approved: 'maybe' } } }, raiseError: false }));
  assert.match(error.message, /approved/);
  const found = await client.threads.get(thread);
  assert.equal(found.status, 'interrupted');
  assert.equal(Object.values(found.interrupts)[0][0].id, interrupt);
});

test('an answer to an unknown question is an error, and the thread stays as it is', async () => {
  for (const strictResume of [true, undefined]) {
    const { thread, interrupt } = await askingThread();
    const error = failed(await client.runs.wait(thread, 'approval', { command: { resume: { [newId().replaceAll('-', '')]: { approved: true } } }, strictResume, raiseError: false }));
    assert.equal(error.error, 'UnknownInterruptError');
    const state = await client.threads.getState(thread);
    assert.equal(state.tasks[0].interrupts[0].id, interrupt);
    const [refused] = await client.runs.list(thread);
    assert.equal(refused.status, 'error');
    assert.equal((await client.threads.get(thread)).status, 'interrupted');
  }
});

test('an answer where nothing is asked is an error', async () => {
  const thread = await newThread();
  await client.runs.wait(thread, 'echo', { input: { n: 1 } });
  failed(await client.runs.wait(thread, 'echo', { command: { resume: 'yes' }, raiseError: false }));
  assert.deepEqual((await client.threads.getState(thread)).values.output, { n: 1 });
});

test('of two questions each is answered by itself', async () => {
  const { thread, ids } = await twoQuestions();
  const half = await client.runs.wait(thread, TWO_QUESTIONS.name, { command: { resume: { [ids.first]: 1 } } });
  assert.deepEqual(half.__interrupt__.map((asked) => asked.id), [ids.second]);
  const values = await client.runs.wait(thread, TWO_QUESTIONS.name, { command: { resume: { [ids.second]: 2 } } });
  assert.deepEqual({ first: values.first, second: values.second }, { first: 1, second: 2 });
});

test('two questions are answered at once by their ids', async () => {
  const { thread, ids } = await twoQuestions();
  const values = await client.runs.wait(thread, TWO_QUESTIONS.name, { command: { resume: { [ids.first]: 1, [ids.second]: 2 } } });
  assert.deepEqual({ first: values.first, second: values.second }, { first: 1, second: 2 });
});

test('a bare answer to two questions is an error that names them, and both stay', async () => {
  const { thread, ids } = await twoQuestions();
  const error = failed(await client.runs.wait(thread, TWO_QUESTIONS.name, { command: { resume: 'yes' }, raiseError: false }));
  for (const id of Object.values(ids)) assert.ok(error.message.includes(id), error.message);
  assert.equal(Object.values((await client.threads.get(thread)).interrupts).flat().length, 2);
});

test('an answer, an update and a goto come together', async () => {
  const { thread } = await askingThread();
  const values = await client.runs.wait(thread, 'approval', {
    command: { resume: { approved: true }, update: { note: 'by the way' }, goto: 'declined' },
  });
  assert.equal(values.status, 'declined');
  assert.equal(values.approved, true);
});

test('a breakpoint before a step stops there, and null goes on', async () => {
  const thread = await newThread();
  const stopped = await three(thread, { input: {}, interruptBefore: ['two'] });
  assert.deepEqual(stopped.trace, ['one']);
  assert.deepEqual(stopped.__interrupt__, []);
  const found = await client.threads.get(thread);
  assert.equal(found.status, 'interrupted');
  assert.deepEqual(found.interrupts, {});
  assert.deepEqual((await client.threads.getState(thread)).next, ['two']);
  assert.deepEqual((await three(thread, { input: null })).trace, ['one', 'two', 'three']);
  await untilThread(thread, 'idle');
});

test('a breakpoint after a step stops there', async () => {
  const thread = await newThread();
  assert.deepEqual((await three(thread, { input: {}, interruptAfter: ['two'] })).trace, ['one', 'two']);
  assert.deepEqual((await client.threads.getState(thread)).next, ['three']);
  assert.deepEqual((await three(thread, { input: null })).trace, ['one', 'two', 'three']);
});

test('a star is every step', async () => {
  const thread = await newThread();
  await three(thread, { input: {}, interruptBefore: '*' });
  assert.deepEqual((await client.threads.getState(thread)).next, ['one']);
  await three(thread, { input: null, interruptBefore: '*' });
  assert.deepEqual((await client.threads.getState(thread)).next, ['two']);
  assert.deepEqual((await three(thread, { input: null })).trace, ['one', 'two', 'three']);
});

test('an update at a breakpoint is in the state that goes on', async () => {
  const thread = await newThread();
  await three(thread, { input: {}, interruptBefore: ['two'] });
  assert.deepEqual((await three(thread, { command: { update: { note: 'injected' } } })).note, 'injected');
});

test('an update is an object, or a list of pairs', async () => {
  const thread = await newThread();
  await three(thread, { input: {}, interruptBefore: ['two'] });
  const values = await three(thread, { command: { update: [['trace', 'between'], ['note', 'n']] } });
  assert.deepEqual(values.trace, ['one', 'between', 'two', 'three']);
  assert.equal(values.note, 'n');
});

test('goto takes a step, or more, or a step with what it is given', async () => {
  const thread = await newThread();
  await three(thread, { input: {}, interruptBefore: ['two'] });
  assert.deepEqual((await three(thread, { command: { goto: 'three' } })).trace, ['one', 'three']);
  const backwards = await newThread();
  await three(backwards, { input: {}, interruptAfter: ['two'] });
  assert.deepEqual((await three(backwards, { command: { goto: ['one'] } })).trace, ['one', 'two', 'one', 'two', 'three']);
  const sent = await newThread();
  await three(sent, { input: {}, interruptBefore: ['two'] });
  assert.deepEqual((await three(sent, { command: { goto: { node: 'three', input: { a: 1 } } } })).trace, ['one', 'three']);
});

test('goto on an idle thread is a new run', async () => {
  const thread = await newThread();
  await three(thread, { input: {} });
  assert.deepEqual((await three(thread, { command: { goto: 'three' } })).trace, ['one', 'two', 'three', 'three']);
});

test('unknown steps and channels are errors, and nothing changed', async () => {
  const thread = await newThread();
  await three(thread, { input: {}, interruptBefore: ['two'] });
  for (const command of [{ goto: 'nowhere' }, { update: { nonsense: 1 } }, { update: { note: 'n' }, goto: 'nowhere' }]) {
    failed(await three(thread, { command, raiseError: false }));
    const state = await client.threads.getState(thread);
    assert.deepEqual(state.next, ['two']);
    assert.equal(state.values.note ?? null, null);
  }
});

test('null where something is asked asks it again', async () => {
  const { thread, interrupt } = await askingThread();
  const values = await client.runs.wait(thread, 'approval', { input: null });
  assert.deepEqual(values.__interrupt__.map((asked) => asked.id), [interrupt]);
});

test('null on a thread that has nothing to do is a success, on an empty one an error', async () => {
  const thread = await newThread();
  await client.runs.wait(thread, 'echo', { input: { n: 1 } });
  assert.deepEqual((await client.runs.wait(thread, 'echo', { input: null })).output, { n: 1 });
  const error = failed(await client.runs.wait(await newThread(), 'echo', { input: null, raiseError: false }));
  assert.equal(error.error, 'EmptyInputError');
});

test('null after a failure goes on where it failed', async () => {
  const thread = await newThread();
  failed(await client.runs.wait(thread, 'delay', { input: { ms: 'soon' }, raiseError: false }));
  failed(await client.runs.wait(thread, 'delay', { input: null, raiseError: false }));
  assert.deepEqual((await client.threads.getState(thread)).next, ['delay']);
});

test('a run from an earlier checkpoint goes on from there', async () => {
  const thread = await newThread();
  await three(thread, { input: {} });
  const then = (await client.threads.getHistory(thread)).find((state) => state.next[0] === 'three');
  assert.deepEqual((await three(thread, { input: null, checkpointId: then.checkpoint.checkpoint_id })).trace, ['one', 'two', 'three']);
  const { thread_id: _, ...checkpoint } = then.checkpoint;
  await three(thread, { input: null, checkpoint });
  const branches = (await client.threads.getHistory(thread, { limit: 100 })).filter((state) => state.parent_checkpoint?.checkpoint_id === then.checkpoint.checkpoint_id);
  assert.equal(branches.length, 3);
});

test('a run with new input from an earlier checkpoint edits what was said', async () => {
  const thread = await newThread();
  await client.runs.wait(thread, 'echo', { input: { n: 1 } });
  const [first] = await client.threads.getHistory(thread);
  await client.runs.wait(thread, 'echo', { input: { n: 2 } });
  const values = await client.runs.wait(thread, 'echo', { input: { n: 3 }, checkpointId: first.checkpoint.checkpoint_id });
  assert.deepEqual(values.output, { n: 3 });
  const state = (await client.threads.getHistory(thread, { limit: 100 })).find((found) => found.metadata.source === 'input' && found.parent_checkpoint?.checkpoint_id === first.checkpoint.checkpoint_id);
  assert.ok(state);
});

test('what an earlier checkpoint asked is asked again under a new id', async () => {
  const { thread, interrupt } = await askingThread();
  const then = await client.threads.getState(thread);
  await client.runs.wait(thread, 'approval', { command: { resume: { approved: false } } });
  const values = await client.runs.wait(thread, 'approval', { input: null, checkpointId: then.checkpoint.checkpoint_id });
  assert.equal(values.__interrupt__.length, 1);
  assert.notEqual(values.__interrupt__[0].id, interrupt);
});

test('an unknown checkpoint is an error', async () => {
  const thread = await newThread();
  await client.runs.wait(thread, 'echo', { input: {} });
  await assert.rejects(() => client.runs.wait(thread, 'echo', { input: null, checkpointId: newId() }));
});

test('an answer is streamed like any run', async () => {
  const { thread } = await askingThread();
  const parts = await collect(client.runs.stream(thread, 'approval', { command: { resume: { approved: false } }, streamMode: ['values', 'updates'] }));
  assert.equal(parts[0].event, 'metadata');
  assert.equal(lastOf(parts, 'values').status, 'declined');
  assert.ok(parts.some((part) => part.event === 'updates' && 'declined' in part.data));
});

test('an answer can set breakpoints of its own', async () => {
  const { thread } = await askingThread(APPROVAL);
  const values = await client.runs.wait(thread, 'approval', { command: { resume: { approved: false } }, interruptBefore: ['declined'] });
  assert.deepEqual(values.__interrupt__, []);
  assert.deepEqual((await client.threads.getState(thread)).next, ['declined']);
});
