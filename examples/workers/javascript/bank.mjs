// Stands for a payment provider: it takes an idempotency key, and has cards to try things out with. What it has charged is in a
// ledger, a directory with one file for each key.
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from './worker.mjs';

const ledger = process.env.LEDGER ?? 'ledger';
const asked = new Map(); // how often, by key

/** The receipt; the same for the same key, however often it is asked for. */
export async function charge({ key, cents, card = 'visa', signal }) {
  const file = path.join(ledger, encodeURIComponent(key));
  const receipt = await readFile(file, 'utf8').catch(() => null);
  if (receipt) return JSON.parse(receipt);

  const times = (asked.get(key) ?? 0) + 1;
  asked.set(key, times);
  if (card === 'declined') throw new Failure('permanent', 'The card is declined');
  if (card === 'busy' && times <= 2) throw new Failure('transient', 'The bank is busy');
  if (card === 'limited' && times === 1) throw new Failure('rate_limited', 'Too many requests', 2_500);
  if (card === 'slow') await sleep(6_000, undefined, { signal });
  signal.throwIfAborted();
  asked.delete(key);
  return record(file, { receipt: randomUUID(), cents });
}

/** Whole or not at all, and once: of several who try, in any process, one has the link. */
async function record(file, receipt) {
  await mkdir(ledger, { recursive: true });
  const draft = path.join(ledger, `.${receipt.receipt}`);
  await writeFile(draft, JSON.stringify(receipt));
  try {
    await link(draft, file);
    console.log(`charged ${path.basename(file)}`);
    return receipt;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return JSON.parse(await readFile(file, 'utf8'));
  } finally {
    await unlink(draft);
  }
}
