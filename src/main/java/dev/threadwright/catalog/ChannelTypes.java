package dev.threadwright.catalog;

import dev.threadwright.workflow.Channel;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.StandardReducer;
import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Which types a channel's values can have, by what its reducer makes of writes. */
final class ChannelTypes {

    private static final BigDecimal MIN_INTEGER = BigDecimal.valueOf(Long.MIN_VALUE);
    private static final BigDecimal MAX_INTEGER = BigDecimal.valueOf(Long.MAX_VALUE);

    private ChannelTypes() {}

    static Set<Channel.Type> of(Reducer reducer) {
        return switch (reducer) {
            case Reducer.Custom ignored -> EnumSet.allOf(Channel.Type.class);
            case StandardReducer.LAST_WRITE_WINS -> EnumSet.allOf(Channel.Type.class);
            case StandardReducer.APPEND, StandardReducer.MESSAGES, StandardReducer.SET_UNION ->
                EnumSet.of(Channel.Type.ANY, Channel.Type.LIST);
            case StandardReducer.MERGE_MAP, StandardReducer.MAX_BY_TIMESTAMP ->
                EnumSet.of(Channel.Type.ANY, Channel.Type.OBJECT);
            case StandardReducer.SUM -> EnumSet.of(Channel.Type.ANY, Channel.Type.NUMBER, Channel.Type.INTEGER);
        };
    }

    /** Null is of every type: a channel that was never written is. */
    static boolean isOf(Channel.Type type, Json value) {
        return value instanceof Json.Null
                || switch (type) {
                    case ANY -> true;
                    case TEXT -> value instanceof Json.Text;
                    case NUMBER -> value instanceof Json.Num;
                    case INTEGER -> value instanceof Json.Num number && isInteger(number.value());
                    case BOOLEAN -> value instanceof Json.Bool;
                    case LIST -> value instanceof Json.Arr;
                    case OBJECT -> value instanceof Json.Obj;
                };
    }

    /** As expressions take it: 1.0 is one, too. */
    private static boolean isInteger(BigDecimal value) {
        return value.compareTo(MIN_INTEGER) >= 0
                && value.compareTo(MAX_INTEGER) <= 0
                && value.stripTrailingZeros().scale() <= 0;
    }

    static String word(Channel.Type type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    static String words(Set<Channel.Type> types) {
        return types.stream()
                .filter(type -> type != Channel.Type.ANY)
                .map(ChannelTypes::word)
                .collect(Collectors.joining(" or "));
    }
}
