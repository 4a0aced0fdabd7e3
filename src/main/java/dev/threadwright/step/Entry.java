package dev.threadwright.step;

import dev.threadwright.thread.Replay;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Prompt;
import io.smallrye.mutiny.Uni;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One entry into a handler: what it finds done from earlier ones, and what it asks in this one. */
final class Entry {

    /** Of the name that a handler gives to what it does once. */
    static final int MAX_NAME_LENGTH = 200;

    private final Replay replay;
    private final BiFunction<String, Json, Uni<Json>> recorder;
    private final Set<String> names = new HashSet<>();
    private int answersUsed;
    private @Nullable Prompt pending;
    private boolean accepted;

    /** @param recorder journals a result under a name, and emits it when that is done */
    Entry(Replay replay, BiFunction<String, Json, Uni<Json>> recorder) {
        this.replay = replay;
        this.recorder = recorder;
    }

    synchronized Json ask(Prompt prompt) {
        if (pending != null) {
            throw new SuspendedException();
        }
        if (answersUsed == replay.answers().size()) {
            pending = prompt;
            throw new SuspendedException();
        }
        Replay.Answered earlier = replay.answers().get(answersUsed++);
        if (!earlier.prompt().asksSameAs(prompt)) {
            throw new StepRefusedException("Question " + answersUsed
                    + " is another one than when the handler was entered before; what it asks may depend only on its"
                    + " input, the state, earlier answers and what it did once");
        }
        return earlier.answer();
    }

    Uni<Json> once(String name, Supplier<Uni<Json>> effect) {
        Json done;
        synchronized (this) {
            if (name.isEmpty() || name.length() > MAX_NAME_LENGTH || !names.add(name)) {
                throw new StepRefusedException("What is done once has a name of its own, of 1 to " + MAX_NAME_LENGTH
                        + " characters: not \"" + name + "\"");
            }
            if (names.size() > Replay.MAX) {
                throw new StepRefusedException("A handler does at most " + Replay.MAX + " things once");
            }
            done = replay.results().get(name);
        }
        if (done != null) {
            return Uni.createFrom().item(done);
        }
        return effect.get()
                .onItem()
                .ifNull()
                .continueWith(Json.NULL)
                .onItem()
                .transformToUni(result -> recorder.apply(name, result));
    }

    synchronized void accept() {
        accepted = true;
    }

    /** Whether somebody else has taken it on. */
    synchronized boolean isAccepted() {
        return accepted;
    }

    /** What it waits for; null if it asked nothing that was not answered before. */
    synchronized @Nullable Prompt pending() {
        return pending;
    }

    /** Null, or why what it came to cannot be believed: it went another way than before. */
    synchronized @Nullable String strayed() {
        int left = replay.answers().size() - answersUsed;
        return left == 0
                ? null
                : "The handler no longer asks what it asked when it was entered before: " + left
                        + " of its questions are missing";
    }
}
