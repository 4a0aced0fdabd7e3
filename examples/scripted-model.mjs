#!/usr/bin/env node
// A chat model that has learnt its lines: it speaks OpenAI's protocol, streams, and always says the same. For the example
// workflow `agent` and its tests; it needs nothing but Node. Usage: node examples/scripted-model.mjs [port]
//
// Asked about an order, it asks for `find_order`; asked for a refund, then for `refund`; then it answers. Asked to delete
// something, it asks for `delete_order`, which nobody offered it.
import http from 'node:http';
import { pathToFileURL } from 'node:url';

const textOf = (content) =>
  typeof content === 'string' ? content : (content ?? []).map((block) => block.text ?? '').join('\n');

/** What it says to a conversation: a text, or calls of tools. */
export function reply(messages) {
  const last = messages.findLastIndex((message) => message.role === 'user');
  const asked = textOf(messages[last]?.content);
  const order = /[A-Z]-\d+/.exec(asked)?.[0];
  const calls = messages.slice(last).flatMap((message) => message.tool_calls ?? []);
  const results = messages.slice(last).filter((message) => message.role === 'tool');
  const answer = textOf(results.at(-1)?.content);
  const call = (name, args) => ({ id: `call_${messages.length}`, name, args });
  switch (calls.at(-1)?.function.name) {
    case undefined:
      if (!order) return { text: 'Which order is it about? Its number looks like A-17.' };
      return { calls: [/delete/i.test(asked) ? call('delete_order', { number: order }) : call('find_order', { number: order })] };
    case 'find_order': {
      if (answer.startsWith('Error')) return { text: `I cannot find order ${order}.` };
      const { item, cents } = JSON.parse(answer);
      if (/refund/i.test(asked)) return { calls: [call('refund', { number: order, cents })] };
      return { text: `Order ${order} is of ${item}, for ${cents} cents.` };
    }
    case 'refund':
      return /refunded_cents/.test(answer)
        ? { text: `Done: order ${order} is refunded, ${JSON.parse(answer).refunded_cents} cents.` }
        : { text: `Sorry, nobody approved of a refund for order ${order}.` };
    default:
      return { text: `I may not do that: ${answer}` };
  }
}

/** The pieces in which it says that. */
function* pieces({ text, calls }) {
  yield { role: 'assistant', content: '' };
  for (const word of text?.match(/\S+\s*/g) ?? []) yield { content: word };
  for (const [index, { id, name, args }] of (calls ?? []).entries()) {
    yield { tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] };
    for (const part of JSON.stringify(args).match(/.{1,8}/g)) yield { tool_calls: [{ index, function: { arguments: part } }] };
  }
}

async function answer(request, response) {
  let body = '';
  for await (const chunk of request) body += chunk;
  if (request.method !== 'POST' || !request.url.endsWith('/chat/completions')) {
    response.writeHead(404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { message: `There is nothing at ${request.url}` } }));
    return;
  }
  const { model, messages } = JSON.parse(body);
  const said = reply(messages);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (more) =>
    response.write(`data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 0, model, ...more })}\n\n`);
  let output = 0;
  for (const delta of pieces(said)) {
    output += 1;
    send({ choices: [{ index: 0, delta, finish_reason: null }] });
    await new Promise((later) => setTimeout(later, 5));
  }
  send({ choices: [{ index: 0, delta: {}, finish_reason: said.calls ? 'tool_calls' : 'stop' }] });
  const input = messages.length;
  send({ choices: [], usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output } });
  response.end('data: [DONE]\n\n');
}

/** Listens on that port of this machine; any that is free if it is 0. */
export async function scriptedModel(port) {
  const server = http.createServer((request, response) =>
    answer(request, response).catch((error) => {
      if (!response.headersSent) response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message: String(error.message) } }));
    }));
  await new Promise((done, failed) => server.once('error', failed).listen(port, '127.0.0.1', done));
  return server;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const server = await scriptedModel(Number(process.argv[2] ?? 11500));
  console.log(`A scripted model listens on http://127.0.0.1:${server.address().port}/v1`);
}
