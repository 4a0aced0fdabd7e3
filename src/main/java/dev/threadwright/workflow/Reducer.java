package dev.threadwright.workflow;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** How a write combines with what the channel already holds. Declared once per channel and thread. */
public sealed interface Reducer permits StandardReducer, Reducer.Custom {

    // No default methods here: with one, StandardReducer would initialize this interface before itself, and if it is
    // touched first these would be null for ever.

    Reducer LAST_WRITE_WINS = StandardReducer.LAST_WRITE_WINS;
    Reducer APPEND = StandardReducer.APPEND;
    Reducer MESSAGES = StandardReducer.MESSAGES;
    Reducer MERGE_MAP = StandardReducer.MERGE_MAP;
    Reducer MAX_BY_TIMESTAMP = StandardReducer.MAX_BY_TIMESTAMP;
    Reducer SUM = StandardReducer.SUM;
    Reducer SET_UNION = StandardReducer.SET_UNION;

    /**
     * A reducer of the server's own, by name. Journals do not depend on its code: whoever writes through it records the
     * result beside the write, and folding takes that.
     */
    record Custom(String name) implements Reducer {
        private static final String PREFIX = "custom:";

        public Custom {
            if (name.isBlank()) {
                throw new IllegalArgumentException("A custom reducer has a name");
            }
        }

        @Override
        public Json reduce(Json current, Json incoming) {
            throw new IllegalStateException("The result of " + form() + " stands beside the write");
        }

        @Override
        public Json prepared(Json incoming, Supplier<String> ids) {
            return incoming;
        }

        @Override
        public String form() {
            return PREFIX + name;
        }
    }

    /**
     * @param current null if the channel was never written
     * @throws StepFailure if these two do not combine
     */
    Json reduce(Json current, Json incoming);

    /** What is written, made complete: where a reducer needs ids, parts without one get the next of these. */
    Json prepared(Json incoming, Supplier<String> ids);

    /** As workflow documents and journals write it: {@code append}, {@code custom:top-ten}. */
    String form();

    /** @throws IllegalArgumentException naming the known ones */
    static Reducer parse(String form) {
        if (form.startsWith(Custom.PREFIX)) {
            return new Custom(form.substring(Custom.PREFIX.length()));
        }
        Optional<StandardReducer> standard = Arrays.stream(StandardReducer.values())
                .filter(reducer -> reducer.form().equals(form))
                .findFirst();
        return standard.orElseThrow(() ->
                new IllegalArgumentException("There is no reducer \"" + form + "\"; there are "
                        + Arrays.stream(StandardReducer.values())
                                .map(reducer -> reducer.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))
                        + " and " + Custom.PREFIX + "<name>"));
    }
}
