import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { THREE_STEPS, begun, client, collect, named, newClient, newThread, proxy, untilRun, workflow } from './support.mjs';

/** Steps with a pause after each, so that a reader can be cut off in the middle. */
const slow = (name, pause) => ({
  name,
  channels: { trace: 'append' },
  start: 'a',
  steps: Object.fromEntries(
    ['a', 'b', 'c', 'd', 'e'].flatMap((step, at, all) => [
      [step, { set: { trace: `"${step}"` }, next: `after_${step}` }],
      [`after_${step}`, { sleep: pause, ...(all[at + 1] ? { next: all[at + 1] } : {}) }],
    ]),
  ),
});
const SLOW = slow('sdk-slow-steps', '300ms');
/** The client waits one to two seconds before it comes back: the run has to last longer than that. */
const SLOWER = slow('sdk-slower-steps', '900ms');
const MODES = ['values', 'updates', 'tasks'];

before(async () => {
  await workflow(SLOW);
  await workflow(SLOWER);
  await workflow(THREE_STEPS);
});

const shape = (parts) => parts.map(({ id, event, data }) => ({ id, event, data }));

/** What the run's stream is when it is read in one piece. */
const whole = (thread, run) => collect(client.runs.joinStream(thread, run, { lastEventId: '-1', streamMode: MODES }));

test('a stream whose connection breaks goes on by itself, with no gap and no duplicate', async () => {
  const gate = await proxy();
  try {
    const thread = await newThread();
    const stream = newClient({ apiUrl: gate.url }).runs.stream(thread, SLOWER.name, { input: {}, streamMode: MODES, streamResumable: true, onDisconnect: 'continue' });
    const seen = [];
    let cuts = 0;
    for await (const part of stream) {
      seen.push(part);
      if (part.event === 'updates' && cuts < 2 && ('a' in part.data || 'd' in part.data)) {
        cuts += 1;
        gate.cut();
      }
    }
    assert.equal(cuts, 2);
    assert.ok(gate.connections() >= 3, 'it came back');
    assert.deepEqual(shape(seen), shape(await whole(thread, seen[0].data.run_id)));
  } finally {
    gate.close();
  }
});

test('a run is joined behind every single frame with no gap and no duplicate', async () => {
  const thread = await newThread();
  const seen = await collect(client.runs.stream(thread, 'sdk-three-steps', { input: {}, streamMode: MODES, streamResumable: true }));
  const run = seen[0].data.run_id;
  for (let at = 0; at < seen.length; at += 1) {
    const rest = await collect(client.runs.joinStream(thread, run, { lastEventId: seen[at].id, streamMode: MODES }));
    assert.deepEqual(shape(rest), shape(seen.slice(at + 1)), `behind ${seen[at].event} ${seen[at].id}`);
  }
});

test('a run is joined behind the last seen frame while it is at work', async () => {
  const thread = await newThread();
  const left = await begun(client.runs.stream(thread, SLOW.name, { input: {}, streamMode: MODES, streamResumable: true, onDisconnect: 'continue' }));
  const seen = [left.first];
  while (!(seen.at(-1).event === 'updates' && 'b' in seen.at(-1).data)) seen.push(await left.next());
  await left.close();
  const run = seen[0].data.run_id;
  const rest = await collect(client.runs.joinStream(thread, run, { lastEventId: seen.at(-1).id, streamMode: MODES }));
  assert.deepEqual(shape([...seen, ...rest]), shape(await whole(thread, run)));
});

test('-1 is from the start, of a run at work and of one that ended', async () => {
  const thread = await newThread();
  const run = await client.runs.create(thread, SLOW.name, { input: {}, streamMode: MODES, streamResumable: true });
  await untilRun(thread, run.run_id, 'running');
  const live = await whole(thread, run.run_id);
  assert.equal(live[0].event, 'metadata');
  assert.deepEqual(named(live, 'updates').flatMap((part) => Object.keys(part.data)).filter((step) => step.length === 1), ['a', 'b', 'c', 'd', 'e']);
  await untilRun(thread, run.run_id, 'success');
  assert.deepEqual(shape(await whole(thread, run.run_id)), shape(live));
});

test('without an id a stream begins where the run is', async () => {
  const thread = await newThread();
  const run = await client.runs.create(thread, SLOW.name, { input: {}, streamMode: MODES, streamResumable: true });
  await new Promise((done) => setTimeout(done, 700));
  const rest = await collect(client.runs.joinStream(thread, run.run_id, { streamMode: MODES }));
  assert.ok(named(rest, 'updates').every((part) => !('a' in part.data)), 'the first step is over');
  assert.ok(named(rest, 'updates').some((part) => 'e' in part.data));
});

test('a run that did not say that it can be resumed is resumed all the same, because the journal has it', async () => {
  const thread = await newThread();
  const seen = await collect(client.runs.stream(thread, 'sdk-three-steps', { input: {}, streamMode: MODES }));
  const rest = await collect(client.runs.joinStream(thread, seen[0].data.run_id, { lastEventId: seen[2].id, streamMode: MODES }));
  assert.deepEqual(shape(rest).filter((part) => part.event !== 'end'), shape(seen.slice(3)));
});

test('other modes can be joined than the run was created with', async () => {
  const thread = await newThread();
  const run = await client.runs.create(thread, 'sdk-three-steps', { input: {}, streamMode: 'values', streamResumable: true });
  await client.runs.join(thread, run.run_id);
  const parts = await collect(client.runs.joinStream(thread, run.run_id, { lastEventId: '-1', streamMode: 'updates' }));
  assert.equal(named(parts, 'updates').length, 3);
  assert.equal(named(parts, 'values').length, 0);
});

test('two readers see the same', async () => {
  const thread = await newThread();
  const run = await client.runs.create(thread, SLOW.name, { input: {}, streamMode: MODES, streamResumable: true });
  const [one, other] = await Promise.all([whole(thread, run.run_id), whole(thread, run.run_id)]);
  assert.deepEqual(shape(one), shape(other));
});

test('an id of another run, or of nothing, is refused', async () => {
  const thread = await newThread();
  const run = await client.runs.create(thread, 'echo', { input: {}, streamResumable: true });
  await client.runs.join(thread, run.run_id);
  for (const lastEventId of ['nonsense', '99999999999999999999']) {
    await assert.rejects(() => collect(client.runs.joinStream(thread, run.run_id, { lastEventId })), (error) => [400, 422].includes(error.status));
  }
});

test('a stream of the thread goes on behind the last seen frame', async () => {
  const thread = await newThread();
  const read = async (lastEventId, enough) => {
    const gone = new AbortController();
    const seen = [];
    for await (const part of client.threads.joinStream(thread, { lastEventId, signal: gone.signal })) {
      seen.push(part);
      if (enough(part)) break;
    }
    gone.abort();
    return seen;
  };
  await client.runs.wait(thread, 'echo', { input: { n: 1 } });
  const first = await read('-', (part) => part.data?.output?.n === 1);
  await client.runs.wait(thread, 'echo', { input: { n: 2 } });
  const second = await read(first.at(-1).id, (part) => part.data?.output?.n === 2);
  const all = await read('-', (part) => part.data?.output?.n === 2);
  assert.deepEqual(shape([...first, ...second]), shape(all));
});
