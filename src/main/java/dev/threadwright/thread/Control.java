package dev.threadwright.thread;

import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What people have done to a run.
 *
 * @param paused whether an operator holds it: what is in flight ends, nothing new starts
 * @param steers how often it was steered
 * @param approvals the answers that interrupts of a kind get by themselves; as set on the thread when the run started
 * @param redirect where it goes after the current super-step; null for where that leads
 * @param bare the last answer that named no interrupt; null if there was none
 * @param steered what it was told and has not taken in
 */
public record Control(
        boolean paused,
        int steers,
        Map<String, Json> approvals,
        @Nullable Redirect redirect,
        @Nullable Bare bare,
        List<Identity> steered) {

    public static final Control NONE = new Control(false, 0, Map.of(), null, null, List.of());

    /** The same answer again, to nobody in particular and within this time, is a second click and no second answer. */
    static final long DOUBLE_CLICK_MS = 2_000;

    /** An answer that named no interrupt. @param atMs milliseconds since 1970 */
    public record Bare(InterruptId interrupt, Json answer, long atMs) {}

    /** @param item what the steps are given */
    public record Redirect(List<String> steps, Json item) {
        public Redirect {
            steps = List.copyOf(steps);
        }
    }

    public Control {
        approvals = Collections.unmodifiableMap(new LinkedHashMap<>(approvals));
        steered = List.copyOf(steered);
    }

    static Control of(Map<String, Json> approvals) {
        return approvals.isEmpty() ? NONE : new Control(false, 0, approvals, null, null, List.of());
    }

    Control paused(boolean isPaused) {
        return new Control(isPaused, steers, approvals, redirect, bare, steered);
    }

    Control steered(Identity input) {
        List<Identity> all = new ArrayList<>(steered);
        all.add(input);
        return new Control(paused, steers + 1, approvals, redirect, bare, all);
    }

    /** It has taken in all that it was told. */
    Control heard() {
        return steered.isEmpty() ? this : new Control(paused, steers, approvals, redirect, bare, List.of());
    }

    Control to(@Nullable Redirect next) {
        return new Control(paused, steers, approvals, next, bare, steered);
    }

    Control answered(Bare answer) {
        return new Control(paused, steers, approvals, redirect, answer, steered);
    }

    /** Null, or the interrupt that this bare answer has answered already. */
    @Nullable InterruptId clicked(Json answer, long atMs) {
        return bare != null && bare.answer().equals(answer) && atMs - bare.atMs() <= DOUBLE_CLICK_MS
                ? bare.interrupt()
                : null;
    }
}
