package dev.threadwright.workflow;

import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A channel as a workflow declares it.
 *
 * @param initial written through the reducer when a run starts on a thread that lacks the channel; null for nothing
 * @param type what expressions take its value for
 * @param manyWrites whether one that keeps the last write may be written by several tasks of one super-step: the last in
 *     their order wins then
 * @param custom what a custom reducer does: (current, incoming) to the result; null for the standard ones
 */
public record Channel(
        Reducer reducer,
        @Nullable Json initial,
        Type type,
        boolean manyWrites,
        @Nullable BinaryOperator<Json> custom) {

    /** What the values of a channel are; expressions are checked against it. */
    public enum Type {
        ANY,
        TEXT,
        NUMBER,
        INTEGER,
        BOOLEAN,
        LIST,
        OBJECT
    }

    public Channel {
        if (reducer instanceof Reducer.Custom == (custom == null)) {
            throw new IllegalArgumentException("A custom reducer, and only that, comes with its function");
        }
    }

    public static Channel of(Reducer reducer) {
        return new Channel(reducer, null, Type.ANY, false, null);
    }

    /** @throws StepFailure if these two do not combine, or the server's own reducer fails */
    Json reduce(String name, Json current, Json incoming) {
        BinaryOperator<Json> function = custom;
        if (function == null) {
            return reducer.reduce(current, incoming);
        }
        try {
            return function.apply(current, incoming);
        } catch (StepFailure failure) {
            throw failure;
        } catch (RuntimeException defect) {
            throw new StepFailure("Channel \"" + name + "\" (" + reducer.form() + "): the reducer failed: " + defect);
        }
    }
}
