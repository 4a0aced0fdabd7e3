package dev.threadwright.http;

import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A resume as it was asked for. Which interrupt its answer is for may have to be found out first.
 *
 * @param run null if none is named
 * @param interrupt null if none is named
 * @param answer null if there is none
 * @param forInterrupt makes the command that names this interrupt, or none
 */
record ResumeRequest(
        ThreadKey thread,
        @Nullable RunId run,
        @Nullable String interrupt,
        @Nullable Json answer,
        Function<@Nullable String, CheckedCommand> forInterrupt) {

    /** Null if it says itself what its answers are for: by a name, or as an object with interrupts for keys. */
    @Nullable Json bareAnswer() {
        boolean isMap = answer instanceof Json.Obj map
                && !map.fields().isEmpty()
                && map.fields().keySet().stream().allMatch(InterruptId::isOne);
        return interrupt != null || isMap ? null : answer;
    }

    /** As it came. */
    CheckedCommand command() {
        return forInterrupt.apply(interrupt);
    }
}
