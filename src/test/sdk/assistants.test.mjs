import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, newId, refused } from './support.mjs';

const BUILT_IN = ['echo', 'delay', 'agent-loop', 'approval', 'assistant', 'fan-out', 'report'];

async function ofGraph(graphId) {
  const [found] = await client.assistants.search({ graphId, metadata: { created_by: 'system' } });
  assert.ok(found, `an assistant of ${graphId}`);
  return found;
}

test('each workflow is an assistant', async () => {
  const found = await client.assistants.search({ limit: 1000 });
  for (const name of BUILT_IN) assert.ok(found.some((assistant) => assistant.graph_id === name), name);
});

test('an assistant has all fields of the contract', async () => {
  const assistant = await ofGraph('echo');
  assert.equal(typeof assistant.assistant_id, 'string');
  assert.equal(assistant.graph_id, 'echo');
  assert.equal(typeof assistant.config, 'object');
  assert.ok('context' in assistant);
  assert.equal(typeof assistant.metadata, 'object');
  assert.equal(assistant.version, 1);
  assert.equal(typeof assistant.name, 'string');
  for (const time of [assistant.created_at, assistant.updated_at]) assert.ok(Date.parse(time) > 0, time);
});

test('an assistant is found by its id', async () => {
  const assistant = await ofGraph('report');
  assert.deepEqual(await client.assistants.get(assistant.assistant_id), assistant);
});

test('search filters by graph, by part of the name in any case, and by metadata', async () => {
  const name = `Sdk Search ${newId()}`;
  const made = await client.assistants.create({ graphId: 'echo', name, metadata: { search: name } });
  try {
    const byName = await client.assistants.search({ name: name.slice(4).toUpperCase() });
    assert.deepEqual(byName.map((found) => found.assistant_id), [made.assistant_id]);
    const byMetadata = await client.assistants.search({ metadata: { search: name } });
    assert.deepEqual(byMetadata.map((found) => found.assistant_id), [made.assistant_id]);
    assert.deepEqual(await client.assistants.search({ graphId: 'delay', metadata: { search: name } }), []);
  } finally {
    await client.assistants.delete(made.assistant_id);
  }
});

test('search pages, sorts, and returns the fields that were selected', async () => {
  const all = await client.assistants.search({ limit: 1000, sortBy: 'name', sortOrder: 'asc' });
  const page = await client.assistants.search({ limit: 2, offset: 1, sortBy: 'name', sortOrder: 'asc', select: ['assistant_id', 'name'] });
  assert.deepEqual(page, all.slice(1, 3).map(({ assistant_id, name }) => ({ assistant_id, name })));
});

test('search says where its next page is, until there is none', async () => {
  const first = await client.assistants.search({ limit: 1, includePagination: true });
  assert.equal(first.assistants.length, 1);
  assert.equal(typeof first.next, 'string');
  const last = await client.assistants.search({ limit: 1000, includePagination: true });
  assert.equal(last.next, null);
});

test('count is a bare number, with the filters of search', async () => {
  const count = await client.assistants.count();
  assert.equal(typeof count, 'number');
  assert.ok(count >= BUILT_IN.length);
  assert.ok((await client.assistants.count({ graphId: 'echo' })) >= 1);
  assert.equal(await client.assistants.count({ metadata: { none: newId() } }), 0);
});

test('the graph has the steps as nodes, and edges between them', async () => {
  const graph = await client.assistants.getGraph('agent-loop');
  const ids = graph.nodes.map((node) => node.id);
  for (const step of ['__start__', 'decide', 'tool', 'answer', 'apologise', '__end__']) assert.ok(ids.includes(step), step);
  for (const edge of graph.edges) {
    assert.ok(ids.includes(edge.source), `from ${edge.source}`);
    assert.ok(ids.includes(edge.target), `to ${edge.target}`);
  }
  const chosen = graph.edges.filter((edge) => edge.source === 'decide');
  assert.deepEqual(chosen.map((edge) => edge.target).sort(), ['answer', 'tool']);
  assert.ok(chosen.every((edge) => edge.conditional === true));
  assert.ok(graph.edges.some((edge) => edge.source === 'tool' && edge.target === 'decide' && !edge.conditional));
});

test('the graph shows the steps of subgraphs with xray', async () => {
  const plain = await client.assistants.getGraph('report');
  const deep = await client.assistants.getGraph('report', { xray: true });
  assert.ok(deep.nodes.length > plain.nodes.length);
  assert.ok(deep.nodes.some((node) => String(node.id).endsWith('gather')));
  assert.deepEqual(await client.assistants.getGraph('report', { xray: 1 }), deep);
});

test('the schemas name the channels', async () => {
  const schemas = await client.assistants.getSchemas('fan-out');
  assert.equal(schemas.graph_id, 'fan-out');
  for (const channel of ['items', 'priced', 'total', 'summary']) {
    assert.ok(channel in schemas.state_schema.properties, channel);
  }
  assert.equal(schemas.input_schema.type, 'object');
  assert.equal(schemas.output_schema.type, 'object');
});

test('the subgraphs have schemas, all or one by its namespace', async () => {
  const all = await client.assistants.getSubgraphs('report', { recurse: true });
  assert.deepEqual(Object.keys(all), ['price']);
  assert.ok('summary' in all.price.state_schema.properties);
  assert.deepEqual(await client.assistants.getSubgraphs('report', { namespace: 'price' }), all);
  assert.deepEqual(await client.assistants.getSubgraphs('echo'), {});
});

test('an assistant of one\'s own: created, changed into a new version, set back, deleted', async () => {
  const assistantId = newId();
  const made = await client.assistants.create({
    graphId: 'echo', assistantId, name: 'mine', description: 'of my own', metadata: { a: 1 }, config: { recursion_limit: 7 }, context: { b: 2 },
  });
  assert.equal(made.assistant_id, assistantId);
  assert.equal(made.version, 1);
  assert.equal(made.description, 'of my own');
  assert.deepEqual(made.config, { recursion_limit: 7 });
  assert.deepEqual(made.context, { b: 2 });

  const changed = await client.assistants.update(assistantId, { name: 'ours', metadata: { c: 3 } });
  assert.equal(changed.version, 2);
  assert.equal(changed.name, 'ours');
  assert.deepEqual({ a: changed.metadata.a, c: changed.metadata.c }, { a: 1, c: 3 });
  assert.equal(changed.graph_id, 'echo');

  const versions = await client.assistants.getVersions(assistantId);
  assert.deepEqual(versions.map((version) => version.version), [2, 1]);
  assert.deepEqual((await client.assistants.getVersions(assistantId, { limit: 1, offset: 1 })).map((version) => version.name), ['mine']);

  const back = await client.assistants.setLatest(assistantId, 1);
  assert.equal(back.version, 1);
  assert.equal((await client.assistants.get(assistantId)).name, 'mine');

  await client.assistants.delete(assistantId);
  await refused(() => client.assistants.get(assistantId), 404);
});

test('creating an assistant twice is a conflict, unless nothing is to be done then', async () => {
  const assistantId = newId();
  await client.assistants.create({ graphId: 'echo', assistantId, name: 'first' });
  try {
    await refused(() => client.assistants.create({ graphId: 'echo', assistantId }), 409);
    const same = await client.assistants.create({ graphId: 'echo', assistantId, name: 'second', ifExists: 'do_nothing' });
    assert.equal(same.name, 'first');
  } finally {
    await client.assistants.delete(assistantId);
  }
});

test('deleting an assistant can delete its threads', async () => {
  const made = await client.assistants.create({ graphId: 'echo' });
  const thread = await client.threads.create();
  await client.runs.wait(thread.thread_id, made.assistant_id, { input: { text: 'hi' } });
  assert.equal((await client.threads.get(thread.thread_id)).metadata.assistant_id, made.assistant_id);
  await client.assistants.delete(made.assistant_id, { deleteThreads: true });
  await refused(() => client.threads.get(thread.thread_id), 404);
});

test('unknown assistants, graphs and versions are not found', async () => {
  await refused(() => client.assistants.get(newId()), 404);
  await refused(() => client.assistants.getGraph(newId()), 404);
  await refused(() => client.assistants.getSchemas('no-such-graph'), 404);
  await refused(() => client.assistants.create({ graphId: 'no-such-graph' }), 404, 422);
  const echo = await ofGraph('echo');
  await refused(() => client.assistants.setLatest(echo.assistant_id, 4711), 404, 409, 422);
});
