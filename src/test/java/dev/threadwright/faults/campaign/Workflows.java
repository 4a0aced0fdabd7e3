package dev.threadwright.faults.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What the inputs start, beside the built-in {@code echo} and {@code delay}. */
final class Workflows {
    static final String THREE = "three";
    static final String CALLS = "calls";
    static final String PAYS = "pays";
    static final String DEAL = "deal";
    static final String NAP = "nap";

    private static final Map<String, String> DOCUMENTS = Map.of(THREE, """
            name: three
            version: 1
            channels: {size: last_write_wins, large: last_write_wins, answer: last_write_wins}
            start: measure
            steps:
              measure: {set: {size: size(input.text)}, next: judge}
              judge: {set: {large: state.size > 10}, next: answer}
              answer: {set: {answer: 'state.large ? "large" : "small"'}}
            """, CALLS, """
            name: calls
            version: 1
            channels: {log: append}
            start: [note, ask]
            steps:
              note: {set: {log: '"noted"'}, next: last}
              ask: {call: delay, input: '{"ms": input.ms}', timeout: 20s, retry: {max: 50}, next: last}
              last: {set: {log: '"last"'}}
            """, PAYS, """
            name: pays
            version: 1
            channels: {receipt: last_write_wins}
            start: charge
            steps:
              charge:
                work: charge
                input: '{"cents": input.cents}'
                result: {receipt: result.receipt}
                timeout: 20s
                retry: {max: 1000, base: 50ms, cap: 500ms}
            """, DEAL, """
            name: deal
            version: 1
            channels: {log: append}
            start: approve
            steps:
              approve: {interrupt: approval_required, schema: {type: boolean}, result: {log: result}, next: done}
              done: {set: {log: '"done"'}}
            """, NAP, """
            name: nap
            version: 1
            channels: {log: append}
            start: nap
            steps:
              nap: {sleep: 2s, next: up}
              up: {set: {log: '"up"'}}
            """);

    private Workflows() {}

    static Path writeTo(Path directory) throws IOException {
        Files.createDirectories(directory);
        for (Map.Entry<String, String> document : DOCUMENTS.entrySet()) {
            Files.writeString(directory.resolve(document.getKey() + ".yaml"), document.getValue());
        }
        return directory;
    }
}
