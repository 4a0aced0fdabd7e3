import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, newId, refused, url } from './support.mjs';

const space = () => ['sdk', newId()];

test('an item is put, read, changed and deleted', async () => {
  const namespace = space();
  assert.equal(await client.store.putItem(namespace, 'a', { n: 1 }), undefined);
  const item = await client.store.getItem(namespace, 'a');
  assert.deepEqual(item.namespace, namespace);
  assert.equal(item.key, 'a');
  assert.deepEqual(item.value, { n: 1 });
  for (const time of [item.createdAt, item.updatedAt]) assert.ok(Date.parse(time) > 0, String(time));

  await client.store.putItem(namespace, 'a', { n: 2 });
  const changed = await client.store.getItem(namespace, 'a');
  assert.deepEqual(changed.value, { n: 2 });
  assert.equal(changed.createdAt, item.createdAt);
  assert.ok(Date.parse(changed.updatedAt) >= Date.parse(item.updatedAt));

  assert.equal(await client.store.deleteItem(namespace, 'a'), undefined);
  await refused(() => client.store.getItem(namespace, 'a'), 404);
});

test('an item that there is not is not found, and deleting it is no error', async () => {
  await refused(() => client.store.getItem(space(), 'none'), 404);
  await client.store.deleteItem(space(), 'none');
});

test('items are found below a prefix of the namespace, the last changed first', async () => {
  const namespace = space();
  await client.store.putItem([...namespace, 'x'], 'a', { n: 1 });
  await client.store.putItem([...namespace, 'x', 'y'], 'b', { n: 2 });
  await client.store.putItem([...namespace, 'xx'], 'c', { n: 3 });
  const keys = async (prefix, options) => (await client.store.searchItems(prefix, options)).items.map((item) => item.key);
  assert.deepEqual(await keys(namespace), ['c', 'b', 'a']);
  assert.deepEqual(await keys([...namespace, 'x']), ['b', 'a'], 'by whole labels');
  assert.deepEqual(await keys(namespace, { limit: 1, offset: 1 }), ['b']);
  assert.deepEqual(await keys([...namespace, 'none']), []);
});

test('items are found by their values', async () => {
  const namespace = space();
  await client.store.putItem(namespace, 'a', { colour: 'red', size: 1 });
  await client.store.putItem(namespace, 'b', { colour: 'red', size: 2 });
  const found = await client.store.searchItems(namespace, { filter: { colour: 'red', size: 2 } });
  assert.deepEqual(found.items.map((item) => item.key), ['b']);
  assert.deepEqual(found.items[0].value, { colour: 'red', size: 2 });
  assert.ok(Date.parse(found.items[0].createdAt) > 0);
});

test('items are found by words', async () => {
  const namespace = space();
  await client.store.putItem(namespace, 'a', { text: 'the quick brown fox' });
  await client.store.putItem(namespace, 'b', { text: 'a lazy dog' });
  const found = await client.store.searchItems(namespace, { query: 'fox' });
  assert.equal(found.items[0].key, 'a');
});

test('namespaces are listed by prefix, suffix and depth', async () => {
  const [root, mark] = space();
  for (const tail of [['a', 'end'], ['b', 'end'], ['b', 'c', 'd']]) await client.store.putItem([root, mark, ...tail], 'k', {});
  const list = async (options) => (await client.store.listNamespaces({ prefix: [root, mark], ...options })).namespaces;
  const sorted = (namespaces) => namespaces.map((namespace) => namespace.slice(2).join('.')).sort();
  assert.deepEqual(sorted(await list()), ['a.end', 'b.c.d', 'b.end']);
  assert.deepEqual(sorted(await list({ suffix: ['end'] })), ['a.end', 'b.end']);
  assert.deepEqual(sorted(await list({ maxDepth: 3 })), ['a', 'b']);
  assert.equal((await list({ limit: 1, offset: 1 })).length, 1);
});

test('an item with a time to live is there until then', async () => {
  const namespace = space();
  await client.store.putItem(namespace, 'a', { n: 1 }, { ttl: 60, index: false });
  assert.deepEqual((await client.store.getItem(namespace, 'a', { refreshTtl: true })).value, { n: 1 });
});

test('labels with dots, and values that are no objects, are refused', async () => {
  await assert.rejects(() => client.store.putItem(['a.b'], 'k', {}), /period/);
  const put = (body) => fetch(`${url}/store/items`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  for (const body of [{ namespace: ['a.b'], key: 'k', value: {} }, { namespace: ['a'], key: 'k', value: 1 }, { namespace: ['a'], value: {} }, { namespace: [''], key: 'k', value: {} }]) {
    assert.ok([400, 422].includes((await put(body)).status), JSON.stringify(body));
  }
});
