package dev.threadwright.workflow;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** The reducers that every server has. */
public enum StandardReducer implements Reducer {
    LAST_WRITE_WINS {
        @Override
        public Json reduce(Json current, Json incoming) {
            return incoming;
        }
    },

    /** A list that grows: null counts as empty, a scalar or object is appended as one item, a list item by item. */
    APPEND {
        @Override
        public Json reduce(Json current, Json incoming) {
            List<Json> items = new ArrayList<>(asList(current));
            items.addAll(asList(incoming));
            return Json.array(items);
        }
    },

    /**
     * A conversation: objects with an {@code id}. One with a known id takes the other's place, any other is appended;
     * {@code {"type": "remove", "id": ...}} takes one out, and the id {@code __remove_all__} all that came before. A
     * bare text becomes {@code {"role": "user", "content": text}}.
     */
    MESSAGES {
        @Override
        public Json prepared(Json incoming, Supplier<String> ids) {
            List<Json> messages = new ArrayList<>();
            for (Json item : asList(incoming)) {
                messages.add(identified(item, ids));
            }
            return Json.array(messages);
        }

        @Override
        public Json reduce(Json current, Json incoming) {
            Map<String, Json> messages = new LinkedHashMap<>();
            for (Json message : asList(current)) {
                messages.put(idOf(message), message);
            }
            for (Json message : asList(incoming)) {
                String id = idOf(message);
                if (!isRemoval(message)) {
                    messages.put(id, message);
                } else if (id.equals(REMOVE_ALL)) {
                    messages.clear();
                } else {
                    messages.remove(id);
                }
            }
            return Json.array(List.copyOf(messages.values()));
        }

        private static Json identified(Json item, Supplier<String> ids) {
            if (item instanceof Json.Text text) {
                Map<String, Json> message = new LinkedHashMap<>();
                message.put("id", Json.of(ids.get()));
                message.put("role", Json.of("user"));
                message.put("content", text);
                return Json.object(message);
            }
            if (!(item instanceof Json.Obj object)) {
                throw new StepFailure("a message is an object or a text, not " + kindOf(item));
            }
            Json id = object.get("id");
            if (id != null && !(id instanceof Json.Null)) {
                idOf(object);
                return object;
            }
            if (isRemoval(object)) {
                throw new StepFailure("a message to be removed is named by its id");
            }
            Map<String, Json> fields = new LinkedHashMap<>(object.fields());
            fields.put("id", Json.of(ids.get()));
            return Json.object(fields);
        }

        private static String idOf(Json message) {
            if (message instanceof Json.Obj object && object.get("id") instanceof Json.Text id) {
                return id.value();
            }
            throw new StepFailure("a message has a text as its id");
        }

        private static boolean isRemoval(Json message) {
            return message instanceof Json.Obj object
                    && object.get("type") instanceof Json.Text type
                    && type.value().equals("remove");
        }
    },

    /** Fields of the incoming object over those of the current one; a current value that is no object counts as {}. */
    MERGE_MAP {
        @Override
        public Json reduce(Json current, Json incoming) {
            if (!(incoming instanceof Json.Obj fields)) {
                throw new StepFailure("only an object can be merged in, not " + kindOf(incoming));
            }
            Map<String, Json> merged = new LinkedHashMap<>();
            if (current instanceof Json.Obj object) {
                merged.putAll(object.fields());
            }
            merged.putAll(fields.fields());
            return Json.object(merged);
        }
    },

    /**
     * The object with the later {@code timestamp}: milliseconds since 1970 or ISO 8601 with a zone. The incoming one if
     * they are equal.
     */
    MAX_BY_TIMESTAMP {
        @Override
        public Json reduce(Json current, Json incoming) {
            BigDecimal incomingMs = timestampMs(incoming);
            return current instanceof Json.Null || incomingMs.compareTo(timestampMs(current)) >= 0 ? incoming : current;
        }

        private static BigDecimal timestampMs(Json value) {
            Json timestamp = value instanceof Json.Obj object ? object.get("timestamp") : null;
            if (timestamp instanceof Json.Num number) {
                return number.value();
            }
            if (timestamp instanceof Json.Text text) {
                try {
                    Instant instant = OffsetDateTime.parse(text.value()).toInstant();
                    return BigDecimal.valueOf(instant.getEpochSecond())
                            .movePointRight(3)
                            .add(BigDecimal.valueOf(instant.getNano(), 6));
                } catch (DateTimeException e) {
                    throw new StepFailure("the timestamp \"" + text.value() + "\" is not ISO 8601 with a zone");
                }
            }
            throw new StepFailure("a value is an object with a timestamp, not " + kindOf(value));
        }
    },

    /** Null counts as 0. */
    SUM {
        @Override
        public Json reduce(Json current, Json incoming) {
            BigDecimal sum = number(current).add(number(incoming));
            if (sum.precision() > MAX_SUM_DIGITS || Math.abs(sum.scale()) > MAX_SUM_DIGITS) {
                throw new StepFailure("the sum has more than " + MAX_SUM_DIGITS + " digits");
            }
            return new Json.Num(sum);
        }

        private static BigDecimal number(Json value) {
            return switch (value) {
                case Json.Null ignored -> BigDecimal.ZERO;
                case Json.Num number -> number.value();
                default -> throw new StepFailure("only numbers can be added up, not " + kindOf(value));
            };
        }
    },

    /** As {@link #APPEND}, without what is in it already; in the order of the first appearance. */
    SET_UNION {
        @Override
        public Json reduce(Json current, Json incoming) {
            Set<Json> items = new LinkedHashSet<>(asList(current));
            items.addAll(asList(incoming));
            return Json.array(List.copyOf(items));
        }
    };

    /** Numbers of very different size would make a sum of thousands of digits. */
    static final int MAX_SUM_DIGITS = 400;

    static final String REMOVE_ALL = "__remove_all__";

    @Override
    public Json prepared(Json incoming, Supplier<String> ids) {
        return incoming;
    }

    @Override
    public String form() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static List<Json> asList(Json value) {
        return switch (value) {
            case Json.Null ignored -> List.of();
            case Json.Arr arr -> arr.items();
            case Json.Bool ignored -> List.of(value);
            case Json.Num ignored -> List.of(value);
            case Json.Text ignored -> List.of(value);
            case Json.Obj ignored -> List.of(value);
        };
    }

    private static String kindOf(Json value) {
        return switch (value) {
            case Json.Null ignored -> "null";
            case Json.Bool ignored -> "true or false";
            case Json.Num ignored -> "a number";
            case Json.Text ignored -> "a text";
            case Json.Arr ignored -> "a list";
            case Json.Obj ignored -> "an object";
        };
    }
}
