// Asks a running server for runs, each on a new thread and streamed, a number at a time, and says how long that took: for
// the client until the headers and until the end, and on the server from the commit of an event to its line.
//
//   node src/test/load/streams.mjs [url] [rounds] [runs of a round] [in flight] [ms that each is at work]

import {performance} from 'node:perf_hooks';
import {randomUUID} from 'node:crypto';

const [url = 'http://127.0.0.1:8080', rounds = '4', runs = '1500', inFlight = '64', work = '0'] = process.argv.slice(2);
const METRIC = /^threadwright_stream_delay_seconds_bucket\{[^}]*le="([^"]+)"[^}]*\} (\S+)$/gm;

async function streamed() {
    const asked = performance.now();
    const response = await fetch(`${url}/threads/${randomUUID()}/runs/stream`, {
        method: 'POST',
        headers: {'content-type': 'application/json'},
        body: JSON.stringify({
            assistant_id: Number(work) > 0 ? 'delay' : 'echo',
            input: {ms: Number(work), text: 'x'.repeat(300)},
            if_not_exists: 'create',
            stream_mode: 'values',
        }),
    });
    const headers = performance.now();
    const body = await response.text();
    if (!body.includes('"output"')) {
        throw new Error(`${response.status}: ${body}`);
    }
    return {headers: headers - asked, end: performance.now() - asked};
}

async function buckets() {
    const text = await (await fetch(`${url}/q/metrics`)).text();
    return [...text.matchAll(METRIC)]
        .map(([, le, count]) => ({le: le === '+Inf' ? Infinity : Number(le), count: Number(count)}))
        .sort((a, b) => a.le - b.le);
}

const percentile = (sorted, p) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))].toFixed(1);

for (let round = 1; round <= Number(rounds); round++) {
    const before = new Map((await buckets()).map(({le, count}) => [le, count]));
    const times = [];
    let left = Number(runs);
    const began = performance.now();
    await Promise.all(
        Array.from({length: Number(inFlight)}, async () => {
            while (left-- > 0) {
                times.push(await streamed());
            }
        }),
    );
    const seconds = (performance.now() - began) / 1000;
    const [headers, end] = ['headers', 'end'].map(key => times.map(time => time[key]).sort((a, b) => a - b));
    const told = (await buckets()).map(({le, count}) => ({le, count: count - (before.get(le) ?? 0)}));
    const lines = told.at(-1).count;
    const delay = p => (told.find(({count}) => count >= p * lines).le * 1000).toFixed(1);
    console.log(
        `round ${round}: ${(times.length / seconds).toFixed(0)} runs/s;`,
        `headers p50 ${percentile(headers, 0.5)} p99 ${percentile(headers, 0.99)} ms;`,
        `end p50 ${percentile(end, 0.5)} p99 ${percentile(end, 0.99)} ms;`,
        `commit to line p50 ${delay(0.5)} p99 ${delay(0.99)} ms, of ${lines} lines`,
    );
}
