package dev.threadwright.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.workflow.Json;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each row puts one value into a place of a sound document, and names all that is then wrong, place by place. */
class DocumentProblemsTest {

    private static final Json.Obj SOUND = DocumentReader.read("""
            name: sound
            channels:
              text: {reducer: last_write_wins, type: text}
              count: {reducer: sum, type: integer}
              list: append
            start: a
            steps:
              a: {set: {text: input.text}, next: b}
              b: {call: search, next: c}
              c: {workflow: inner, next: d}
              d: {sleep: 5m}
            """);

    private static final Json.Obj REQUEST = DocumentReader.read("""
            name: request
            channels: {text: last_write_wins, count: sum}
            start: e
            steps:
              e: {http: 'POST https://api.example.com/orders/{id}', path: {id: input.id}}
            """);

    @Test
    void theDocumentsThatTheRowsChangeAreSound() {
        assertThat(Documents.problems(SOUND)).isEmpty();
        assertThat(Documents.problems(REQUEST)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            /nmae                 | x                                     | : 'nmae'
            /name                 | ~                                     | : 'name'
            /name                 | Has Spaces                            | /name: pattern
            /name                 | 7                                     | /name: string expected
            /version              | 0                                     | /version: minimum
            /version              | 1.5                                   | /version: integer expected
            /version              | '"1"'                                 | /version: integer expected
            /start                | ~                                     | : 'start' && /start: leads to no step && /steps/a: nothing leads here && /steps/b: nothing leads here && /steps/c: nothing leads here && /steps/d: nothing leads here
            /steps                | ~                                     | : 'steps' && /steps: there are none && /start: there is no step "a"
            /steps                | {}                                    | /steps: at least 1 && /steps: there are none && /start: there is no step "a"
            /recursion_limit      | 0                                     | /recursion_limit: minimum && /recursion_limit: must be 1 to 1000, not 0
            /recursion_limit      | 1001                                  | /recursion_limit: maximum && /recursion_limit: must be 1 to 1000, not 1001
            """)
    void whatTheDocumentSaysOfItself(String place, String value, String expected) {
        assertProblems(place, value, expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            /channels/x           | nonsense                              | /channels/x: pattern
            /channels/x           | 7                                     | /channels/x: [string, object] expected
            /channels/x           | {type: text}                          | /channels/x: 'reducer'
            /channels/x           | {reducer: sum, colour: red}           | /channels/x: 'colour'
            /channels/x           | {reducer: sum, type: float}           | /channels/x/type: enumeration
            /channels/x           | {reducer: append, many_writes: true}  | /channels/x/many_writes: is for last_write_wins; append takes many writes anyway
            /channels/x           | {reducer: last_write_wins, many_writes: true} |
            /channels/x           | custom:longest                        |
            /channels/x           | custom:shortest                       | /channels/x: there is no reducer bean "shortest" on this server
            /channels/x           | {reducer: sum, default: many}         | /channels/x/default: its own reducer refuses it: only numbers can be added up, not a text
            /channels/x           | {reducer: sum, default: 7}            |
            /channels/x           | {reducer: merge_map, default: []}     | /channels/x/default: its own reducer refuses it: only an object can be merged in, not a list
            /channels/x           | {reducer: max_by_timestamp, default: 1} | /channels/x/default: its own reducer refuses it: a value is an object with a timestamp
            /channels/x           | {reducer: messages, default: hello}   |
            /channels/x           | {reducer: sum, type: text}            | /channels/x/type: does not go with sum, which makes number or integer
            /channels/x           | {reducer: sum, type: any}             |
            /channels/x           | {reducer: append, type: text}         | /channels/x/type: does not go with append, which makes list
            /channels/x           | {reducer: append, type: text, default: a} | /channels/x/type: does not go with append, which makes list
            /channels/x           | {reducer: append, type: list, default: a} |
            /channels/x           | {reducer: set_union, type: object}    | /channels/x/type: does not go with set_union, which makes list
            /channels/x           | {reducer: messages, type: list}       |
            /channels/x           | {reducer: merge_map, type: list}      | /channels/x/type: does not go with merge_map, which makes object
            /channels/x           | {reducer: max_by_timestamp, type: number} | /channels/x/type: does not go with max_by_timestamp, which makes object
            /channels/x           | {reducer: 'custom:longest', type: text} |
            /channels/x           | {reducer: sum, type: integer, default: 1.5} | /channels/x/default: is no integer, which the channel's type says
            /channels/x           | {reducer: sum, type: integer, default: 2.0} |
            /channels/x           | {reducer: last_write_wins, type: text, default: 7} | /channels/x/default: is no text, which the channel's type says
            /channels/x           | {reducer: last_write_wins, type: list, default: {}} | /channels/x/default: is no list, which the channel's type says
            /channels/x           | {reducer: last_write_wins, type: boolean, default: 'true'} | /channels/x/default: is no boolean, which the channel's type says
            /channels/x           | {reducer: last_write_wins, type: object, default: ~} |
            /channels/x           | {reducer: last_write_wins, type: integer, default: 9223372036854775808} | /channels/x/default: is no integer, which the channel's type says
            /channels/x           | {reducer: messages, default: [7]}     | /channels/x/default: its own reducer refuses it: a message is an object or a text, not a number
            /channels/not-a-name  | append                                | /channels: pattern
            /input                | {text: input.text}                    |
            /input                | {nope: input.text}                    | /input/nope: there is no channel "nope"; declare it under channels
            /input                | {text: result.text}                   | /input/text: undeclared reference to 'result'
            /input                | {text: 7}                             | /input/text: string expected
            """)
    void channelsAndTheInput(String place, String value, String expected) {
        assertProblems(place, value, expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            /steps/e/http         | 'GET http://localhost:8080/{id}?q={id}' |
            /steps/e/http         | {method: DELETE, url: 'https://api.example.com/{id}'} |
            /steps/e/http         | {method: TRACE, url: 'https://api.example.com/{id}'} | /steps/e/http/method: there is no method "TRACE"; there are [DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT]
            /steps/e/http         | {method: GET, url: 'nonsense{id}'}    | /steps/e/http/url: must begin with https:// or http://
            /steps/e/http         | {method: GET}                         | /steps/e/http: 'url'
            /steps/e/http         | {method: GET, url: 'https://a.example/{id}', at: now} | /steps/e/http: 'at'
            /steps/e/http         | 7                                     | /steps/e/http: [string, object] expected
            /steps/e/http         | GET                                   | /steps/e/http: is no method and URL, as in GET https://api.example.com/orders
            /steps/e/http         | 'get https://a.example/{id}'          | /steps/e/http: there is no method "get"
            /steps/e/http         | 'GET ftp://a.example/{id}'            | /steps/e/http: must begin with https:// or http://
            /steps/e/http         | 'GET https:///{id}'                   | /steps/e/http: names no host
            /steps/e/http         | 'GET https://ann:pw@a.example/{id}'   | /steps/e/http: must hold no user and password; send a secret in a header
            /steps/e/http         | 'GET https://a.example:0/{id}'        | /steps/e/http: has no such port: 0
            /steps/e/http         | 'GET https://a.example:70000/{id}'    | /steps/e/http: has no such port: 70000
            /steps/e/http         | 'GET https://a.example/{id}#x'        | /steps/e/http: has a fragment, which is never sent
            /steps/e/http         | 'GET https://a.example/a b/{id}'      | /steps/e/http: is no URL: Illegal character in path
            /steps/e/http         | 'GET https://{id}.example/'           | /steps/e/http: may have names in its path and query alone: the host is fixed
            /steps/e/http         | 'GET https://a.example{id}'           | /steps/e/http: may have names in its path and query alone: the host is fixed
            /steps/e/http         | 'GET https://a.example:1{id}/'        | /steps/e/http: names no host
            /steps/e/http         | 'GET https://a.example/../{id}'       | /steps/e/http: must have no "." and no ".." in its path
            /steps/e/http         | 'GET https://a.example/%2E%2e/{id}'   | /steps/e/http: must have no "." and no ".." in its path
            /steps/e/http         | 'GET https://a.example/{id}/{1}'      | /steps/e/http: "1" in braces is no name: letters, digits and _
            /steps/e/http         | 'GET https://a.example/{id}/{x'       | /steps/e/http: has a brace that belongs to no name
            /steps/e/http         | 'GET https://a.example/{id}}'         | /steps/e/http: has a brace that belongs to no name
            /steps/e/http         | 'GET https://a.example/{id}/{to}'     | /steps/e/http: {to} is not under path
            /steps/e/http         | 'GET https://a.example/'              | /steps/e/path/id: is no name of the URL
            /steps/e/path         | {id: input.id, to: input.to}          | /steps/e/path/to: is no name of the URL
            /steps/e/path         | {id: state.nope}                      | /steps/e/path/id: there is no channel "nope"; declare it under channels
            /steps/e/path         | {id: {secret: x}}                     | /steps/e/path/id: string expected && /steps/e/path/id: may hold no secret: only a header may
            /steps/e/query        | {all: 'true', of: input.list}         |
            /steps/e/query        | {key: {secret: x}}                    | /steps/e/query/key: string expected && /steps/e/query/key: may hold no secret: only a header may
            /steps/e/query        | {a: result}                           | /steps/e/query/a: undeclared reference to 'result'
            /steps/e/headers      | {x-a: input.a, authorization: {secret: payments, prefix: 'Bearer '}} |
            /steps/e/headers      | {a b: input.a}                        | /steps/e/headers/a b: is no name of a header
            /steps/e/headers      | {Host: input.a}                       | /steps/e/headers/Host: belongs to the connection and is set by the server
            /steps/e/headers      | {content-length: '1', connection: '1', transfer-encoding: '1'} | /steps/e/headers/content-length: belongs to the connection && /steps/e/headers/connection: belongs to the connection && /steps/e/headers/transfer-encoding: belongs to the connection
            /steps/e/headers      | {Idempotency-Key: input.a}            | /steps/e/headers/Idempotency-Key: is set by the server, the same for every attempt
            /steps/e/headers      | {x-a: input.a, X-A: input.b}          | /steps/e/headers/X-A: is there twice, in upper and lower case
            /steps/e/headers      | {x-a: state.nope}                     | /steps/e/headers/x-a: there is no channel "nope"; declare it under channels
            /steps/e/headers      | {x-a: {secret: a/b}}                  | /steps/e/headers/x-a/secret: is no name of a secret
            /steps/e/headers      | {x-a: {prefix: a}}                    | /steps/e/headers/x-a: 'secret'
            /steps/e/headers      | {x-a: {secret: a, prefix: "a\\nb"}}   | /steps/e/headers/x-a/prefix: has characters that a header cannot have
            /steps/e/body         | '{"cents": state.count}'              |
            /steps/e/body         | {cents: 1}                            | /steps/e/body: string expected
            /steps/e/body         | state.nope                            | /steps/e/body: there is no channel "nope"; declare it under channels
            /steps/e/callback     | {header: X-Callback}                  |
            /steps/e/callback     | {}                                    | /steps/e/callback: tells nobody its URL: put callback.url into path, query, headers or body, or name a header
            /steps/e/callback     | true                                  | /steps/e/callback: object expected
            /steps/e/callback     | {header: X-Callback, url: x}          | /steps/e/callback: 'url'
            /steps/e/callback     | {header: Host}                        | /steps/e/callback/header: belongs to the connection and is set by the server
            /steps/e/callback     | {header: 'a b'}                       | /steps/e/callback/header: is no name of a header
            /steps/e/body         | callback.url                          | /steps/e/body: there is no callback here but callback.url, in the request of an http step that has callback: {}
            /steps/e/input        | input.q                               | /steps/e/input: does not go with http
            /steps/e/config       | {}                                    | /steps/e/config: does not go with http
            /steps/e/result       | {text: result.body.id}                |
            /steps/e/timeout      | 10s                                   |
            /steps/e/retry        | {max: 0}                              |
            /steps/e/idempotent   | false                                 |
            /steps/e/sleep        | 5m                                    | /steps/e: needs exactly one of set, call, http, work, sleep, workflow, interrupt, wait, model and tool, not [http, sleep]
            """)
    void requests(String place, String value, String expected) {
        assertProblems(REQUEST, place, value, expected);
    }

    @Test
    void aUrlHasALongestLength() {
        String begin = "https://a.example/{id}";
        String longest = begin + "x".repeat(UrlTemplate.MAX_LENGTH - begin.length());
        assertProblems(REQUEST, "/steps/e/http", "'GET " + longest + "'", null);
        assertProblems(
                REQUEST, "/steps/e/http", "'GET " + longest + "x'", "/steps/e/http: has 2049 characters; at most 2048");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            /steps/a/set          | {nope: '1'}                           | /steps/a/set/nope: there is no channel "nope"; declare it under channels
            /steps/a/set          | {text: state.nope}                    | /steps/a/set/text: line 1, column 1: there is no channel "nope"; declare it under channels
            /steps/a/set          | {text: result.text}                   | /steps/a/set/text: line 1, column 1: undeclared reference to 'result'
            /steps/a/set          | {text: state.count + state.text}      | /steps/a/set/text: line 1, column 13: found no matching overload for '_+_'
            /steps/a/set          | {text: 1 +}                           | /steps/a/set/text: line 1, column 4: mismatched input
            /steps/a/set          | {text: ''}                            | /steps/a/set/text: at least 1 && /steps/a/set/text: mismatched input
            /steps/a/set          | {text: state.a, count: state.b}       | /steps/a/set/text: there is no channel "a" && /steps/a/set/count: there is no channel "b"
            /steps/a/goto         | '"b"'                                 |
            /steps/a/goto         | state.nope                            | /steps/a/goto: there is no channel "nope"; declare it under channels
            /steps/a/goto         | result                                | /steps/a/goto: undeclared reference to 'result'
            /steps/b/goto         | result.next                           |
            /steps/b/call         | nobody                                | /steps/b/call: there is no handler "nobody" on this server; there are [calculator, search]
            /steps/b/call         | ''                                    | /steps/b/call: at least 1
            /steps/b/call         | http                                  | /steps/b/call: is what http steps call; write http: and what is to be sent
            /steps/b/input        | input.q + state.nope                  | /steps/b/input: there is no channel "nope"; declare it under channels
            /steps/b/input        | result                                | /steps/b/input: undeclared reference to 'result'
            /steps/b/input        | {q: input.q}                          | /steps/b/input: string expected
            /steps/b/config       | {index: [main, 7]}                    |
            /steps/b/config       | main                                  | /steps/b/config: object expected
            /steps/b/result       | {list: result.hits}                   |
            /steps/b/result       | {nope: result}                        | /steps/b/result/nope: there is no channel "nope"; declare it under channels
            /steps/b/timeout      | 30s                                   |
            /steps/b/timeout      | PT1M30S                               |
            /steps/b/timeout      | 30                                    | /steps/b/timeout: string expected
            /steps/b/timeout      | 30 seconds                            | /steps/b/timeout: pattern && /steps/b/timeout: is no span of time like 200ms, 30s, 5m, 12h, 7d or PT1M: 30 seconds
            /steps/b/timeout      | 0s                                    | /steps/b/timeout: must be from 1ms to 3660d, not 0s
            /steps/b/timeout      | 3661d                                 | /steps/b/timeout: must be from 1ms to 3660d, not 3661d
            /steps/b/retry        | {max: 0}                              |
            /steps/b/retry        | {max: 5, base: 1s, cap: 10s}          |
            /steps/b/retry        | {base: 10s}                           |
            /steps/b/retry        | {max: -1}                             | /steps/b/retry/max: minimum && /steps/b/retry: Retries are 0 to 1000
            /steps/b/retry        | {base: 10s, cap: 1s}                  | /steps/b/retry: Retries are 0 to 1000
            /steps/b/retry        | {cap: 2d}                             | /steps/b/retry: Retries are 0 to 1000
            /steps/b/retry        | {tries: 3}                            | /steps/b/retry: 'tries'
            /steps/b/idempotent   | maybe                                 | /steps/b/idempotent: boolean expected
            /steps/b/label        | searched                              |
            /steps/c/workflow     | inner@1                               |
            /steps/c/workflow     | inner@3                               | /steps/c/workflow: there is no workflow inner@3; register it first
            /steps/c/workflow     | nobody                                | /steps/c/workflow: there is no workflow nobody; register it first
            /steps/c/workflow     | inner@latest                          | /steps/c/workflow: is no workflow's name or name@version
            /steps/c/workflow     | depth-7                               |
            /steps/c/workflow     | depth-8                               | /steps/c/workflow: workflows run each other 9 deep with it, at most 8
            /steps/c/output       | {text: result.text}                   |
            /steps/c/output       | {nope: result.text}                   | /steps/c/output/nope: there is no channel "nope"; declare it under channels
            /steps/d/sleep        | {ms: state.count * 1000}              |
            /steps/d/sleep        | {seconds: '5'}                        | /steps/d/sleep: 'ms' && /steps/d/sleep: 'seconds'
            /steps/d/sleep        | {ms: state.nope}                      | /steps/d/sleep/ms: there is no channel "nope"; declare it under channels
            /steps/d/sleep        | soon                                  | /steps/d/sleep: pattern && /steps/d/sleep: is no span of time like
            """)
    void whatAStepDoes(String place, String value, String expected) {
        assertProblems(place, value, expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            /steps/d              | {}                                    | /steps/d: needs exactly one of set, call, http, work, sleep, workflow, interrupt, wait, model and tool
            /steps/d              | {set: {text: '"x"'}, sleep: 1s}       | /steps/d: needs exactly one of set, call, http, work, sleep, workflow, interrupt, wait, model and tool, not [set, sleep]
            /steps/d              | {sleep: 1s, colour: red}              | /steps/d: 'colour'
            /steps/d              | {sleep: 1s, goto: '"a"'}              | /steps/d/goto: does not go with sleep
            /steps/d              | {sleep: 1s, timeout: 1s}              | /steps/d/timeout: does not go with sleep
            /steps/d              | {set: {text: '"x"'}, retry: {max: 1}} | /steps/d/retry: does not go with set
            /steps/d              | {set: {text: '"x"'}, input: '1'}      | /steps/d/input: does not go with set
            /steps/d              | {call: search, output: {text: '"x"'}} | /steps/d/output: does not go with call
            /steps/d              | {workflow: inner, config: {}}         | /steps/d/config: does not go with workflow
            /steps/d              | {workflow: inner, result: {}}         | /steps/d/result: does not go with workflow
            /steps/d              | {sleep: 1s, payload: '1'}             | /steps/d/payload: does not go with sleep
            /steps/d              | {call: search, schema: {}}            | /steps/d/schema: does not go with call
            /steps/d              | {set: {text: '"x"'}, when: 'true'}    | /steps/d/when: does not go with set
            /steps/d              | {interrupt: ask, timeout: 1s}         | /steps/d/timeout: does not go with interrupt
            /steps/d              | {interrupt: ask, when: 'true'}        | /steps/d/when: does not go with interrupt
            /steps/d              | {wait: paid, expires: 1s}             | /steps/d/expires: does not go with wait
            /steps/d              | {wait: paid, on_expiry: 1}            | /steps/d/on_expiry: does not go with wait
            /steps/d              | {wait: paid, interrupt: ask}          | /steps/d: needs exactly one of set, call, http, work, sleep, workflow, interrupt, wait, model and tool, not [wait, interrupt]
            /steps/d              | nonsense                              | /steps/d: object expected && /steps/c/next: there is no step "d"
            /steps/end            | {sleep: 1s, next: a}                  | /steps: property 'end' name is not valid && /steps/end: nothing leads here
            /steps/a b            | {sleep: 1s, next: a}                  | /steps: pattern && /steps/a b: nothing leads here
            """)
    void whatBelongsToWhichKindOfStep(String place, String value, String expected) {
        assertProblems(place, value, expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            /steps/d/next         | end                                   |
            /steps/d/next         | []                                    |
            /steps/d/next         | [a, b]                                |
            /steps/d/next         | nobody                                | /steps/d/next: there is no step "nobody"
            /steps/d/next         | [a, nobody, somebody]                 | /steps/d/next: there is no step "nobody" && /steps/d/next: there is no step "somebody"
            /steps/d/next         | 7                                     | /steps/d/next: [string, array, object] expected
            /steps/d/next         | [7]                                   | /steps/d/next/0: [string, object] expected
            /steps/d/next         | {to: a}                               | /steps/d/next: needs either choose or each
            /steps/d/next         | {choose: [{to: a}], each: input.l}    | /steps/d/next: needs either choose or each
            /steps/d/next         | {choose: [{when: input.x, to: a}, {to: end}]} |
            /steps/d/next         | {choose: [{to: [a, b]}]}              |
            /steps/d/next         | {choose: []}                          | /steps/d/next/choose: at least 1
            /steps/d/next         | {choose: [{when: 'true', to: a}]}     | /steps/d/next/choose/0: is the last case and has no when
            /steps/d/next         | {choose: [{to: a}, {to: b}]}          | /steps/d/next/choose/0: needs a when; only the last case has none
            /steps/d/next         | {choose: [{when: 'true'}, {to: b}]}   | /steps/d/next/choose/0: 'to'
            /steps/d/next         | {choose: [{when: '1', to: a}, {to: b}]} | /steps/d/next/choose/0/when: gives int, and must be true or false
            /steps/d/next         | {choose: [{when: state.text, to: a}, {to: b}]} | /steps/d/next/choose/0/when: and must be true or false
            /steps/d/next         | {choose: [{when: state.nope, to: a}, {to: b}]} | /steps/d/next/choose/0/when: there is no channel "nope"; declare it under channels
            /steps/d/next         | [a, {choose: [{when: state.nope, to: a}, {to: b}]}] | /steps/d/next/1/choose/0/when: there is no channel "nope"; declare it under channels
            /steps/d/next         | {choose: [{to: a}], to: b}            | /steps/d/next: has choose, whose cases say where they lead
            /steps/d/next         | {choose: [{to: nobody}]}              | /steps/d/next: there is no step "nobody"
            /steps/d/next         | {each: state.list, to: a}             |
            /steps/d/next         | {each: state.list, to: a, otherwise: end} |
            /steps/d/next         | {each: state.list}                    | /steps/d/next: needs a to: the step that runs for each item
            /steps/d/next         | {each: state.nope, to: a}             | /steps/d/next/each: there is no channel "nope"; declare it under channels
            /steps/d/next         | {each: state.list, to: nobody, otherwise: somebody} | /steps/d/next: there is no step "nobody" && /steps/d/next: there is no step "somebody"
            /steps/d/next         | {each: state.list, to: end}           | /steps/d/next: there is no step "end"
            /steps/d/on_error     | a                                     |
            /steps/d/on_error     | nobody                                | /steps/d/on_error: there is no step "nobody"
            /start                | end                                   | /start: leads to no step && /steps/a: nothing leads here && /steps/b: nothing leads here && /steps/c: nothing leads here && /steps/d: nothing leads here
            /start                | [a, nobody]                           | /start: there is no step "nobody"
            /start                | {each: input.list, to: a}             |
            /steps/e              | {sleep: 1s}                           | /steps/e: nothing leads here
            /steps/e              | {joins: [c, d], sleep: 1s}            | /steps/e: nothing leads here
            /steps/c/next         | end                                   | /steps/d: nothing leads here
            /steps/b/joins        | [a]                                   |
            /steps/b/joins        | [nobody]                              | /steps/b/joins: there is no step "nobody" && /steps/a/next: "b" joins [nobody] and cannot be led to from here
            /steps/b/joins        | []                                    | /steps/b/joins: at least 1
            /steps/b/joins        | [a, a]                                | /steps/b/joins: unique
            """)
    void whereStepsLead(String place, String value, String expected) {
        assertProblems(place, value, expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            /steps/d | {interrupt: approval_required}                                             |
            /steps/d | {interrupt: ask, payload: '{"n": state.count}', schema: {type: object}, expires: 24h, on_expiry: {}, result: {text: result.text}, goto: result.step, next: a, on_error: b, label: asked} |
            /steps/d | {interrupt: ''}                                                            | /steps/d/interrupt: at least 1
            /steps/d | {interrupt: 7}                                                             | /steps/d/interrupt: string expected
            /steps/d | {interrupt: ask, payload: {n: 1}}                                          | /steps/d/payload: string expected
            /steps/d | {interrupt: ask, payload: state.nope}                                      | /steps/d/payload: there is no channel "nope"
            /steps/d | {interrupt: ask, payload: result}                                          | /steps/d/payload: undeclared reference to 'result'
            /steps/d | {interrupt: ask, schema: text}                                             | /steps/d/schema: object expected
            /steps/d | {interrupt: ask, schema: {type: txt}}                                      | /steps/d/schema: is no JSON Schema: /type
            /steps/d | {interrupt: ask, schema: {type: string, pattern: '('}}                     | /steps/d/schema: is no JSON Schema: /pattern: does not match
            /steps/d | {interrupt: ask, schema: {$ref: 'https://example.com/s.json'}}             | /steps/d/schema: is no JSON Schema
            /steps/d | {interrupt: ask, schema: {type: txt}, expires: 1h, on_expiry: 7}           | /steps/d/schema: is no JSON Schema: /type
            /steps/d | {interrupt: ask, expires: 1h}                                              |
            /steps/d | {interrupt: ask, expires: 3653d}                                           |
            /steps/d | {interrupt: ask, expires: 3654d}                                           | /steps/d/expires: must be at most 3653d
            /steps/d | {interrupt: ask, expires: 0s}                                              | /steps/d/expires: must be from 1ms to 3660d, not 0s
            /steps/d | {interrupt: ask, expires: 24}                                              | /steps/d/expires: string expected
            /steps/d | {interrupt: ask, on_expiry: 7}                                             | /steps/d/on_expiry: is for an interrupt that expires
            /steps/d | {interrupt: ask, on_expiry: null}                                          | /steps/d/on_expiry: is for an interrupt that expires
            /steps/d | {interrupt: ask, expires: 1h, on_expiry: null}                             |
            /steps/d | {interrupt: ask, expires: 1h, on_expiry: [any, 7]}                         |
            /steps/d | {interrupt: ask, schema: {type: integer}, expires: 1h, on_expiry: 7}       |
            /steps/d | {interrupt: ask, schema: {type: integer}, expires: 1h, on_expiry: no}      | /steps/d/on_expiry: does not fit the schema of an answer: /: string found, integer expected
            /steps/d | {interrupt: ask, schema: {properties: {ok: {type: boolean}}}, expires: 1h, on_expiry: {ok: 1}} | /steps/d/on_expiry: does not fit the schema of an answer: /ok: integer found, boolean expected
            /steps/d | {interrupt: ask, schema: {type: integer}, on_expiry: no}                   | /steps/d/on_expiry: is for an interrupt that expires && /steps/d/on_expiry: does not fit the schema
            /steps/d | {interrupt: ask, result: {nope: result}}                                   | /steps/d/result/nope: there is no channel "nope"; declare it under channels
            /steps/d | {interrupt: ask, goto: state.nope}                                         | /steps/d/goto: there is no channel "nope"
            """)
    void whatAsks(String place, String value, @Nullable String expected) {
        assertProblems(place, value, expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            /steps/d | {wait: payment.settled}                                                    |
            /steps/d | {wait: '*', when: event.type != null && event.data.n >= state.count, timeout: 1h, result: {text: result.data.text}, goto: result.data.step, on_error: a} |
            /steps/d | {wait: ''}                                                                 | /steps/d/wait: at least 1
            /steps/d | {wait: 7}                                                                  | /steps/d/wait: [string, array] expected
            /steps/d | {wait: []}                                                                 | /steps/d/wait: at least 1
            /steps/d | {wait: {event: paid}}                                                      | /steps/d/wait: [string, array] expected
            /steps/d | {wait: paid, when: ''}                                                     | /steps/d/when: at least 1 && /steps/d/when: mismatched input
            /steps/d | {wait: paid, when: '1'}                                                    | /steps/d/when: gives int, and must be true or false
            /steps/d | {wait: paid, when: event.type}                                             | /steps/d/when: and must be true or false
            /steps/d | {wait: paid, when: event.data.ok}                                          |
            /steps/d | {wait: paid, when: event.type + 1 == 2}                                    | /steps/d/when: line 1, column 12: found no matching overload
            /steps/d | {wait: paid, when: event.amount > 1}                                       | /steps/d/when: undeclared reference to 'event'
            /steps/d | {wait: paid, when: result.amount > 1}                                      | /steps/d/when: undeclared reference to 'result'
            /steps/d | {wait: paid, when: state.nope}                                             | /steps/d/when: there is no channel "nope"
            /steps/d | {wait: paid, result: {text: event.data.text}}                              | /steps/d/result/text: undeclared reference to 'event'
            /steps/d | {wait: paid, result: {nope: result}}                                       | /steps/d/result/nope: there is no channel "nope"; declare it under channels
            /steps/d | {wait: paid, goto: state.nope}                                             | /steps/d/goto: there is no channel "nope"
            /steps/d | {wait: paid, timeout: soon}                                                | /steps/d/timeout: pattern && /steps/d/timeout: is no span of time like
            /steps/d | {wait: [{event: paid}, {event: lost, when: 'true', result: {text: result.type}, goto: '"a"'}], timeout: 1h} |
            /steps/d | {wait: [{when: 'true'}]}                                                   | /steps/d/wait/0: 'event'
            /steps/d | {wait: [paid]}                                                             | /steps/d/wait/0: object expected
            /steps/d | {wait: [{event: ''}]}                                                      | /steps/d/wait/0/event: at least 1
            /steps/d | {wait: [{event: paid, timeout: 1h}]}                                       | /steps/d/wait/0: 'timeout'
            /steps/d | {wait: [{event: paid}, {event: lost, when: '1'}]}                          | /steps/d/wait/1/when: gives int, and must be true or false
            /steps/d | {wait: [{event: paid}, {event: lost, result: {nope: result}}]}             | /steps/d/wait/1/result/nope: there is no channel "nope"; declare it under channels
            /steps/d | {wait: [{event: paid}, {event: lost, goto: state.nope}]}                   | /steps/d/wait/1/goto: there is no channel "nope"
            /steps/d | {wait: [{event: paid}], when: 'true', result: {}, goto: '"a"'}             | /steps/d/when: belongs to one of the events in wait && /steps/d/result: belongs to one of the events in wait && /steps/d/goto: belongs to one of the events in wait
            """)
    void whatWaits(String place, String value, @Nullable String expected) {
        assertProblems(place, value, expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            /breakpoints          | {}                                    |
            /breakpoints          | {before: [a, b], after: ['*']}        |
            /breakpoints          | {before: a}                           | /breakpoints/before: array expected
            /breakpoints          | {before: [7]}                         | /breakpoints/before/0: string expected
            /breakpoints          | {during: [a]}                         | /breakpoints: 'during'
            /breakpoints          | {before: [nobody]}                    | /breakpoints/before: there is no step "nobody"
            /breakpoints          | {after: [a, nobody]}                  | /breakpoints/after: there is no step "nobody"
            /compaction           | a                                     |
            /timeout              | 10m                                   |
            /timeout              | soon                                  | /timeout: pattern && /timeout: is no span of time like
            /timeout              | 3654d                                 | /timeout: must be at most 3653d
            /timeout              | 10                                    | /timeout: string expected
            /compaction           | nobody                                | /compaction: there is no step "nobody"
            /compaction           | [a]                                   | /compaction: string expected
            """)
    void whereRunsStopAndWhatMakesStateSmaller(String place, String value, @Nullable String expected) {
        assertProblems(place, value, expected);
    }

    @Test
    void theStepOfCompactionNeedsNothingThatLeadsToItAndLeadsNowhereItself() {
        Json document = Documents.with(SOUND, List.of("compaction"), Json.of("e"));
        document = Documents.with(document, List.of("steps", "e"), DocumentReader.read("sleep: 1s\nnext: f"));
        document = Documents.with(document, List.of("steps", "f"), DocumentReader.read("sleep: 1s"));

        assertThat(Documents.problems((Json.Obj) document))
                .containsExactly(new DocumentProblem("/steps/f", "nothing leads here"));
    }

    @Test
    void whatOnlyTheGotoOfAnEventLeadsToIsNotUnreachable() {
        Json document = Documents.with(
                SOUND, List.of("steps", "d"), DocumentReader.read("wait: [{event: paid, goto: '\"e\"'}]"));
        document = Documents.with(document, List.of("steps", "e"), DocumentReader.read("sleep: 1s"));

        assertThat(Documents.problems((Json.Obj) document)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            the trap             | [other, sub]                       | {next: join, on_error: suberr}    |                 | other, sub, suberr | waits for "sub" and for "suberr", which runs only if "sub" fails
            behind another step  | other                              | {next: join, on_error: suberr}    | sub             | other, sub, suberr | waits for "sub" and for "suberr"
            one step for both    | [other, sub]                       | {next: either, on_error: suberr}  |                 | other, either      |
            also led to          | [other, sub, suberr]               | {next: join, on_error: suberr}    |                 | other, sub, suberr |
            a failure of two     | [other, sub]                       | {next: join, on_error: suberr}    | {on_error: suberr} | other, sub, suberr |
            a fan-out            | [other, {each: input.l, to: sub}]  | {next: join, on_error: suberr}    |                 | other, sub, suberr |
            a step that is done twice | [other, sub]                  | {next: join, on_error: suberr}    | sub             | other, sub, suberr |
            a loop               | [other, sub]                       | {next: [join, sub], on_error: suberr} |             | other, sub, suberr |
            """)
    void aJoinOfAStepAndOfWhatFollowsItsFailureNeverRuns(
            String name, String start, String sub, @Nullable String other, String joins, @Nullable String expected) {
        String toOther = other == null
                ? "next: join"
                : other.startsWith("{") ? other.substring(1, other.length() - 1) : "next: [join, " + other + "]";
        Json.Obj document = DocumentReader.read("""
                name: joins
                start: %s
                steps:
                  other: {sleep: 1s, %s}
                  sub: {sleep: 1s, %s}
                  suberr: {sleep: 1s, next: %s}
                  %s
                  join: {joins: [%s], sleep: 1s}
                """.formatted(
                        start,
                        toOther.startsWith("on_error") ? toOther + ", next: join" : toOther,
                        sub.substring(1, sub.length() - 1),
                        joins.contains("either") ? "either" : "join",
                        joins.contains("either") ? "either: {sleep: 1s, next: join}" : "",
                        joins));
        List<DocumentProblem> problems = Documents.problems(document);
        if (expected == null) {
            assertThat(problems).as(name).isEmpty();
        } else {
            assertThat(problems).as(name).singleElement().satisfies(problem -> {
                assertThat(problem.pointer()).isEqualTo("/steps/join/joins");
                assertThat(problem.message())
                        .startsWith(expected)
                        .endsWith("have both lead to one step, and join that");
            });
        }
    }

    @Test
    void pointersAreEscapedOnceAndNothingIsSaidTwice() {
        Json.Obj document = DocumentReader.read("""
                name: escapes
                channels: {"a/b": {reducer: sum, type: text}}
                start: {choose: [{when: input.x, to: nobody}, {to: nobody}]}
                steps:
                  "x/y~z": {sleep: soon}
                  "d.o.t": {sleep: 1s, next: nobody}
                """);

        assertThat(Documents.problems(document))
                .doesNotHaveDuplicates()
                .extracting(DocumentProblem::pointer)
                .containsExactlyInAnyOrder(
                        "/channels",
                        "/channels/a~1b/type",
                        "/start",
                        "/steps",
                        "/steps",
                        "/steps/x~1y~0z",
                        "/steps/x~1y~0z/sleep",
                        "/steps/x~1y~0z/sleep",
                        "/steps/d.o.t",
                        "/steps/d.o.t/next");
    }

    @Test
    void whatOnlyAGotoLeadsToIsNotUnreachable() {
        Json document = Documents.with(SOUND, List.of("steps", "a", "goto"), Json.of("\"e\""));
        document = Documents.with(document, List.of("steps", "e"), DocumentReader.read("sleep: 1s"));

        assertThat(Documents.problems((Json.Obj) document)).isEmpty();
    }

    @Test
    void shapesNamesExpressionsAndTheGraphAreAllSaidAtOnce() {
        Json.Obj document = DocumentReader.read("""
                name: Wrong Name
                channels: {x: nonsense, y: {reducer: sum, default: many}}
                start: nowhere
                steps:
                  a: {set: {z: state.q}, next: {each: state.y}}
                  b: {call: nobody, timeout: soon}
                  c: {workflow: nobody@1, colour: red}
                """);

        assertThat(Documents.problems(document))
                .extracting(DocumentProblem::pointer)
                .contains(
                        "/name",
                        "/channels/x",
                        "/channels/y/default",
                        "/start",
                        "/steps/a/set/z",
                        "/steps/a/next",
                        "/steps/b/call",
                        "/steps/b/timeout",
                        "/steps/c/workflow",
                        "/steps/c");
    }

    private static void assertProblems(String place, String value, @Nullable String expected) {
        assertProblems(SOUND, place, value, expected);
    }

    private static void assertProblems(Json.Obj sound, String place, String value, @Nullable String expected) {
        List<String> path = Arrays.asList(place.substring(1).split("/", -1));
        Json put = DocumentReader.read("value: " + value).get("value");
        List<DocumentProblem> problems =
                Documents.problems((Json.Obj) Documents.with(sound, path, put == null ? Json.NULL : put));
        List<String> wanted = expected == null ? List.of() : List.of(expected.split(" && "));

        assertThat(problems).as("%s: %s", place, value).hasSameSizeAs(wanted);
        for (String one : wanted) {
            int colon = one.indexOf(':');
            assertThat(problems).as("%s: %s", place, value).anySatisfy(problem -> {
                assertThat(problem.pointer()).isEqualTo(one.substring(0, colon));
                assertThat(problem.message()).contains(one.substring(colon + 1).strip());
            });
        }
    }
}
