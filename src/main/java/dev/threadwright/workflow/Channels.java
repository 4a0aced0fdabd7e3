package dev.threadwright.workflow;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The state channels of a thread or a run at one moment, each with its reducer. One that was never written holds null. */
public record Channels(Map<String, Cell> cells) {

    public static final Channels EMPTY = new Channels(Map.of());

    /** @param reducer with which it was first written: what later workflows must declare too */
    public record Cell(Reducer reducer, Json value) {}

    public Channels {
        cells = Collections.unmodifiableMap(new LinkedHashMap<>(cells));
    }

    public Json get(String channel) {
        Cell cell = cells.get(channel);
        return cell == null ? Json.NULL : cell.value();
    }

    public boolean contains(String channel) {
        return cells.containsKey(channel);
    }

    /** Null if the channel was never written. */
    public @Nullable Reducer reducer(String channel) {
        Cell cell = cells.get(channel);
        return cell == null ? null : cell.reducer();
    }

    public Map<String, Json> values() {
        Map<String, Json> values = new LinkedHashMap<>();
        cells.forEach((channel, cell) -> values.put(channel, cell.value()));
        return values;
    }

    /**
     * These channels after the changes, in their order. Writes through a custom reducer that are not settled are passed
     * over: the event that settles them carries the result.
     *
     * @throws StepFailure naming the channel that a write does not combine with
     */
    public Channels apply(List<Change> changes) {
        if (changes.isEmpty()) {
            return this;
        }
        Map<String, Cell> next = new LinkedHashMap<>(cells);
        for (Change change : changes) {
            Cell before = next.get(change.channel());
            Json value = reduced(before == null ? Json.NULL : before.value(), change);
            if (value != null) {
                next.put(change.channel(), new Cell(change.reducer(), value));
            }
        }
        return new Channels(next);
    }

    /** Whatever the channels held before, of any reducer. */
    public Channels with(Map<String, Cell> others) {
        Map<String, Cell> next = new LinkedHashMap<>(cells);
        next.putAll(others);
        return new Channels(next);
    }

    private static @Nullable Json reduced(Json current, Change change) {
        return switch (change.reducer()) {
            case Reducer.Custom ignored -> change.result();
            case StandardReducer standard -> {
                if (change.result() != null) {
                    yield change.result();
                }
                try {
                    yield standard.reduce(current, change.value());
                } catch (StepFailure e) {
                    throw new StepFailure(
                            "Channel \"" + change.channel() + "\" (" + standard.form() + "): " + e.getMessage());
                }
            }
        };
    }
}
