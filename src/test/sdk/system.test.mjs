import assert from 'node:assert/strict';
import { test } from 'node:test';
import { url } from './support.mjs';

test('GET /ok says that the server is there', async () => {
  const response = await fetch(`${url}/ok`);
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { ok: true });
});

test('GET /ok?check_db=1 asks the database too', async () => {
  assert.equal((await fetch(`${url}/ok?check_db=1`)).status, 200);
});

test('GET /info names the version and what the server can do', async () => {
  const info = await (await fetch(`${url}/info`)).json();
  assert.equal(typeof info.version, 'string');
  assert.equal(info.flags.assistants, true);
  assert.equal(info.flags.crons, true);
  assert.equal(typeof info.metadata, 'object');
});

test('a browser on another origin may send what the SDK sends, and may read what it reads', async () => {
  const preflight = await fetch(`${url}/threads`, {
    method: 'OPTIONS',
    headers: {
      origin: 'http://localhost:3000',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,x-api-key,last-event-id,idempotency-key,prefer',
    },
  });
  assert.ok(preflight.ok, `preflight ${preflight.status}`);
  assert.ok(preflight.headers.get('access-control-allow-origin'));
  const allowed = preflight.headers.get('access-control-allow-headers').toLowerCase();
  for (const name of ['content-type', 'x-api-key', 'last-event-id']) assert.ok(allowed.includes(name), name);

  const response = await fetch(`${url}/ok`, { headers: { origin: 'http://localhost:3000' } });
  const exposed = (response.headers.get('access-control-expose-headers') ?? '').toLowerCase();
  for (const name of ['location', 'content-location', 'x-pagination-next']) assert.ok(exposed.includes(name), name);
});
