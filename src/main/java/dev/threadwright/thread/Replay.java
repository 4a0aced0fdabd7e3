package dev.threadwright.thread;

import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Prompt;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a task is given back when it is entered again: it starts from its beginning, and finds done what was done.
 *
 * @param answers to its questions, in order
 * @param results of what it did in between, by the names that it gave
 * @param attempts how many attempts its action has had
 */
public record Replay(List<Answered> answers, Map<String, Json> results, int attempts) {

    /** How many questions one task may ask, and how many results it may keep. */
    public static final int MAX = 100;

    public static final Replay NONE = new Replay(List.of(), Map.of(), 0);

    /** @param prompt as it was asked: asking something else in its place fails the task */
    public record Answered(Prompt prompt, Json answer) {}

    public Replay {
        answers = List.copyOf(answers);
        results = Collections.unmodifiableMap(new LinkedHashMap<>(results));
    }

    /** Whether the task has not been entered yet. */
    boolean isFresh() {
        return equals(NONE);
    }

    Replay answered(Prompt prompt, Json answer) {
        List<Answered> all = new ArrayList<>(answers);
        all.add(new Answered(prompt, answer));
        return new Replay(all, results, attempts);
    }

    Replay with(String name, Json result) {
        Map<String, Json> all = new LinkedHashMap<>(results);
        all.put(name, result);
        return new Replay(answers, all, attempts);
    }

    Replay attempted(int attempt) {
        return new Replay(answers, results, attempt);
    }
}
