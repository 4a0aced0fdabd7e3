import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@langchain/langgraph-sdk';

/** Where the server is. It has to be running, with its examples registered. */
export const url = (process.env.THREADWRIGHT_URL ?? '').replace(/\/$/, '');
if (!url) {
  throw new Error('THREADWRIGHT_URL is not set: give the address of a running server, as in THREADWRIGHT_URL=http://localhost:8080');
}

/** Longer than any wait below may take. */
export const LIMIT_MS = 20_000;

export const client = newClient();

/** Without retries, so that a refusal is seen at once. */
export function newClient(config = {}) {
  return new Client({ apiUrl: url, apiKey: null, ...config, callerOptions: { maxRetries: 0, ...config.callerOptions } });
}

export const newId = () => randomUUID();

export async function newThread(payload) {
  return (await client.threads.create(payload)).thread_id;
}

/** Everything that a stream has, until it ends. */
export async function collect(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

export const named = (parts, event) => parts.filter((part) => part.event === event);
export const lastOf = (parts, event) => named(parts, event).at(-1)?.data;

/** Asks until it holds. The error is the last one that asking ended with. */
export async function eventually(what, ask) {
  const end = Date.now() + LIMIT_MS;
  for (;;) {
    let failed;
    try {
      const found = await ask();
      if (found) return found;
    } catch (error) {
      failed = error;
    }
    if (Date.now() > end) throw new Error(`Not within ${LIMIT_MS} ms: ${what}`, { cause: failed });
    await sleep(50);
  }
}

export const untilRun = (thread, run, ...statuses) =>
  eventually(`run ${run} is ${statuses.join(' or ')}`, async () => {
    const found = await client.runs.get(thread, run);
    return statuses.includes(found.status) && found;
  });

export const untilThread = (thread, status) =>
  eventually(`thread ${thread} is ${status}`, async () => {
    const found = await client.threads.get(thread);
    return found.status === status && found;
  });

/** What the SDK throws for a refusal: the status, and a body that says in words why. */
export async function refused(call, ...statuses) {
  let result;
  try {
    result = await call();
  } catch (error) {
    assert.ok(error instanceof Error, `an Error, not ${error}`);
    assert.ok(statuses.includes(error.status), `${error.status ?? error}, expected ${statuses.join(' or ')}: ${error.message}`);
    assert.match(error.message, new RegExp(`^HTTP ${error.status}: `));
    const body = JSON.parse(error.text);
    assert.equal(typeof body.detail, 'string', `a detail in ${error.text}`);
    assert.ok(body.detail.length > 0);
    return { status: error.status, body, error };
  }
  assert.fail(`Not refused: ${JSON.stringify(result)}`);
}

/** The first part of a stream and its rest; the stream is at work when this returns. */
export async function begun(stream) {
  const iterator = stream[Symbol.asyncIterator]();
  const first = await iterator.next();
  assert.ok(!first.done, 'the stream has a first part');
  return {
    first: first.value,
    async next() {
      const step = await iterator.next();
      return step.done ? undefined : step.value;
    },
    async rest() {
      const parts = [];
      for (let step = await iterator.next(); !step.done; step = await iterator.next()) parts.push(step.value);
      return parts;
    },
    close: () => iterator.return(),
  };
}

/** Frames as they are on the wire, comments too. */
export async function frames(response, enough = () => false) {
  const found = [];
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const frame = { comments: [] };
      for (const line of text.slice(0, end).split('\n')) {
        if (line.startsWith(':')) frame.comments.push(line.slice(1).trim());
        else if (line) {
          const [, field, value] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
          frame[field] = frame[field] === undefined ? value : `${frame[field]}\n${value}`;
        }
      }
      found.push(frame);
      text = text.slice(end + 2);
    }
    if (enough(found)) break;
  }
  return found;
}

export const post = (path, body, headers = {}) =>
  fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

/** Stands between a client and the server, and can break all connections without a word. */
export async function proxy() {
  const target = new URL(url);
  const port = Number(target.port || 80);
  const sockets = new Set();
  let connections = 0;
  const server = net.createServer((inbound) => {
    connections += 1;
    const outbound = net.connect(port, target.hostname);
    for (const socket of [inbound, outbound]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        inbound.destroy();
        outbound.destroy();
      });
    }
    inbound.pipe(outbound);
    outbound.pipe(inbound);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    cut,
    connections: () => connections,
    close() {
      server.close();
      cut();
    },
  };
}

/** Takes webhooks. Answers 500 as many times as it is told to, then 200. */
export async function webhooks(failures = 0) {
  const calls = [];
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      calls.push({ method: request.method, path: request.url, headers: request.headers, body });
      response.writeHead(calls.length <= failures ? 500 : 200).end();
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}/done`,
    calls,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Registers a workflow the way that is our own. The same document again is no new version. */
export async function workflow(document) {
  const response = await post('/workflows', document);
  assert.ok([200, 201].includes(response.status), `registered: ${response.status} ${await response.text()}`);
  return document.name;
}

/** Asks two people at once. */
export const TWO_QUESTIONS = {
  name: 'sdk-two-questions',
  channels: { first: 'last_write_wins', second: 'last_write_wins' },
  start: ['ask_first', 'ask_second'],
  steps: {
    ask_first: { interrupt: 'approval_required', payload: '{"ask": "first"}', result: { first: 'result' } },
    ask_second: { interrupt: 'approval_required', payload: '{"ask": "second"}', result: { second: 'result' } },
  },
};

/** Three steps in a row, each of which says that it was there. */
export const THREE_STEPS = {
  name: 'sdk-three-steps',
  channels: { trace: 'append', note: 'last_write_wins' },
  start: 'one',
  steps: {
    one: { set: { trace: '"one"' }, next: 'two' },
    two: { set: { trace: '"two"' }, next: 'three' },
    three: { set: { trace: '"three"' } },
  },
};

export const APPROVAL = { item: 'bolt', count: 3, price: 400 };
export const ORDER = { customer: 'Ada', items: [{ name: 'bolt', price: 3 }, { name: 'nut', price: 4 }] };

/** A thread with a run of that many milliseconds at work on it. */
export async function busyThread(ms = 60_000, payload = {}) {
  const thread = await newThread();
  const run = await client.runs.create(thread, 'delay', { input: { ms }, ...payload });
  await untilRun(thread, run.run_id, 'running');
  return { thread, run: run.run_id };
}

/** A thread that asks for an approval, and the id of what it asks. */
export async function askingThread(input = APPROVAL) {
  const thread = await newThread();
  const run = await client.runs.create(thread, 'approval', { input });
  await client.runs.join(thread, run.run_id);
  const found = await untilThread(thread, 'interrupted');
  const [asked] = Object.values(found.interrupts).flat();
  assert.match(asked.id, /^[0-9a-f]{32}$/);
  return { thread, run: run.run_id, interrupt: asked.id };
}
