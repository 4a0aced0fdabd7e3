// The protocol of docs/workers.md: requests are read, signs of life and one result are sent, cancellations are heeded.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, Partitioners, logLevel } from 'kafkajs';

const REQUEST = 'dev.threadwright.action.request.v1';
const CANCEL = 'dev.threadwright.action.cancel.v1';
const COMMIT_EVERY_MS = 1_000;
const GRACE_MS = 10_000;

/** What a handler throws to say how it failed; anything else that it throws counts as transient. */
export class Failure extends Error {
  /** @param kind transient (tried again as the step says), permanent, or rate_limited (not before retryAfterMs) */
  constructor(kind, message, retryAfterMs) {
    super(message);
    this.data = { error: message, kind, retry_after_ms: retryAfterMs };
  }
}

/**
 * Works until SIGTERM or SIGINT.
 *
 * @param action what it can do; requests for anything else are passed over
 * @param handle (input, {actionId, attempt, signal}) => the result, any JSON. It may be called more than once for one action,
 *   always with the same action id; the signal says that nobody waits for this attempt any more
 * @param apiKey what the server is asked with for inputs that were too large for the topic, if it asks who calls
 * @param concurrency how many requests are in hand at most. While all places are taken, nothing is read: cancellations neither
 */
export async function work({ action, handle, group, brokers, actionsTopic, resultsTopic, server, apiKey, concurrency }) {
  const kafka = new Kafka({ clientId: group, brokers, logLevel: logLevel.WARN, retry: { retries: 100, maxRetryTime: 5_000 } });
  // kafkajs reads committed records alone unless it is told otherwise.
  const topics = { allowAutoTopicCreation: false }; // the server makes them, with as many partitions as it needs
  const consumer = kafka.consumer({ groupId: group, sessionTimeout: 10_000, heartbeatInterval: 2_000, ...topics });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, ...topics });
  const jobs = new Map(); // in hand, by action and attempt
  const offsets = new Offsets();
  let assigned = [];

  const send = (request, type, data) =>
    producer.send({
      topic: resultsTopic,
      messages: [
        {
          key: request.key,
          value: JSON.stringify(data ?? null),
          headers: {
            ce_specversion: '1.0',
            ce_id: randomUUID(),
            ce_source: `/workers/${group}`,
            ce_type: `dev.threadwright.action.${type}.v1`,
            ce_runid: request.headers.ce_runid,
            ce_actionid: request.headers.ce_actionid,
            ce_attempt: request.headers.ce_attempt,
          },
        },
      ],
    });

  async function answer(request, signal) {
    const { ce_actionid, ce_attempt } = request.headers;
    try {
      const input = await inputOf(request, { server, apiKey, signal });
      const result = await handle(input, { actionId: String(ce_actionid), attempt: Number(ce_attempt), signal });
      return ['succeeded', result];
    } catch (error) {
      return ['failed', error instanceof Failure ? error.data : { error: String(error), kind: 'transient' }];
    }
  }

  /** Ends when the result is with Kafka, or when nobody waits for it. */
  async function perform(request, cancellation) {
    const { ce_deadline, ce_time } = request.headers;
    const thirdMs = Math.max(100, (Date.parse(ce_deadline) - Date.parse(ce_time)) / 3);
    const beat = () => send(request, 'heartbeat', {}).catch((error) => console.error(`no heartbeat: ${error}`));
    const beating = setInterval(beat, thirdMs);
    try {
      const [type, data] = await answer(request, cancellation.signal);
      if (cancellation.signal.aborted) console.log(`cancelled ${request.headers.ce_actionid}`);
      else await send(request, type, data);
    } finally {
      clearInterval(beating);
    }
  }

  async function receive(partition, { offset, key, value, headers }, heartbeat) {
    const type = String(headers.ce_type);
    const attempt = `${headers.ce_actionid}#${headers.ce_attempt}`;
    if (String(headers.ce_actionname) === action && type === REQUEST && !jobs.has(attempt)) {
      while (jobs.size >= concurrency) {
        await Promise.race([...[...jobs.values()].map((job) => job.done), sleep(1_000)]);
        await heartbeat();
      }
      const cancellation = new AbortController();
      const done = perform({ key, value, headers }, cancellation).then(() => {
        jobs.delete(attempt);
        offsets.finished(partition, offset);
      }, die);
      jobs.set(attempt, { cancellation, done });
      offsets.begun(partition, offset);
    } else {
      if (type === CANCEL) jobs.get(attempt)?.cancellation.abort();
      offsets.passed(partition, offset);
    }
  }

  /** Whoever is started next reads the requests again whose results were not sent. */
  function die(error) {
    console.error(error);
    process.exit(1);
  }

  async function commit() {
    const due = offsets.due(assigned);
    if (due.length === 0) return;
    await consumer.commitOffsets(due.map(([partition, offset]) => ({ topic: actionsTopic, partition, offset: String(offset) })));
    offsets.committed(due);
  }

  async function stop() {
    consumer.pause([{ topic: actionsTopic }]);
    await Promise.race([Promise.all([...jobs.values()].map((job) => job.done)), sleep(GRACE_MS)]);
    clearInterval(committing);
    await commit().catch((error) => console.error(`not committed: ${error}`));
    await consumer.disconnect();
    await producer.disconnect();
    process.exit(0);
  }

  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => (assigned = payload.memberAssignment[actionsTopic] ?? []));
  consumer.on(consumer.events.CRASH, ({ payload }) => payload.restart || die(payload.error));
  await producer.connect();
  await consumer.connect();
  await consumer.subscribe({ topic: actionsTopic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    partitionsConsumedConcurrently: concurrency,
    eachMessage: ({ partition, message, heartbeat }) => receive(partition, message, heartbeat),
  });
  const committing = setInterval(() => commit().catch((error) => console.error(`not committed: ${error}`)), COMMIT_EVERY_MS);
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stop().catch(die));
}

/** What was too large for the topic is asked for; by the time it is, somebody may have given the action up. */
async function inputOf({ value, headers }, { server, apiKey, signal }) {
  if (!headers.ce_dataref) return JSON.parse(value);
  const credentials = apiKey ? { 'x-api-key': apiKey } : {};
  const response = await fetch(new URL(String(headers.ce_dataref), server), { headers: credentials, signal });
  if (!response.ok) throw new Failure('transient', `The server answered ${response.status} when asked for the input`);
  return (await response.json()).input;
}

/** How far each partition is done. Requests end in any order; what is committed is the first one that has not ended. */
class Offsets {
  #partitions = new Map();

  begun(partition, offset) {
    this.passed(partition, offset);
    this.#partitions.get(partition).inHand.add(Number(offset));
  }

  finished(partition, offset) {
    this.#partitions.get(partition).inHand.delete(Number(offset));
  }

  /** There is nothing to do about it. */
  passed(partition, offset) {
    const known = this.#partitions.get(partition) ?? { next: 0, inHand: new Set(), committed: -1 };
    known.next = Math.max(known.next, Number(offset) + 1);
    this.#partitions.set(partition, known);
  }

  /** What to commit of these partitions, if it has changed: who reads the others now knows better how far they are. */
  due(assigned) {
    return assigned
      .filter((partition) => this.#partitions.has(partition))
      .map((partition) => [partition, this.#firstOpen(partition)])
      .filter(([partition, offset]) => offset !== this.#partitions.get(partition).committed);
  }

  committed(offsets) {
    for (const [partition, offset] of offsets) this.#partitions.get(partition).committed = offset;
  }

  #firstOpen(partition) {
    const { next, inHand } = this.#partitions.get(partition);
    return Math.min(next, ...inHand);
  }
}
