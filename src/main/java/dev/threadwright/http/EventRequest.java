package dev.threadwright.http;

import dev.threadwright.json.InvalidJsonException;
import dev.threadwright.json.JsonText;
import dev.threadwright.stream.EventFilter;
import dev.threadwright.stream.ThreadStreams.Wanted;
import dev.threadwright.workflow.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What somebody wants to be told of a thread, read and checked. */
final class EventRequest {

    private static final int MAX_NAMESPACES = 100;

    /** Above it, numbers are not exact in all clients. */
    private static final BigDecimal MAX_NUMBER = BigDecimal.valueOf(1L << 53);

    private EventRequest() {}

    /** @throws ProblemException if it is not one */
    static Wanted read(byte @Nullable [] body) {
        try {
            if (body != null && JsonText.parse(body) instanceof Json.Obj object) {
                return read(object);
            }
        } catch (InvalidJsonException e) {
            throw new ProblemException(Problem.at("", "cannot be read: " + e.getMessage()));
        }
        throw new ProblemException(Problem.at("", "must be a JSON object with channels"));
    }

    /** Fields that it does not know are a newer client's. @throws ProblemException if it is not one */
    static Wanted read(Json.Obj object) {
        return new Wanted(
                new EventFilter(channels(object.get("channels")), namespaces(object.get("namespaces")), (int)
                        Math.min(Integer.MAX_VALUE, number(object.get("depth"), "/depth"))),
                number(object.get("since"), "/since"));
    }

    private static Set<String> channels(@Nullable Json json) {
        Set<String> channels = new HashSet<>(texts(json, "/channels"));
        if (channels.isEmpty()) {
            throw RequestFields.at("/channels", "names no channel");
        }
        for (String channel : channels) {
            if (!EventFilter.isChannel(channel)) {
                throw RequestFields.at("/channels", "names \"" + channel + "\", and there is no such channel");
            }
        }
        return channels;
    }

    private static List<List<String>> namespaces(@Nullable Json json) {
        if (json == null || json instanceof Json.Null) {
            return List.of();
        }
        if (!(json instanceof Json.Arr all) || all.items().size() > MAX_NAMESPACES) {
            throw RequestFields.at("/namespaces", "must be a list of at most " + MAX_NAMESPACES + " lists of strings");
        }
        List<List<String>> namespaces = new ArrayList<>();
        all.items().forEach(one -> namespaces.add(texts(one, "/namespaces")));
        return namespaces;
    }

    static List<String> texts(@Nullable Json json, String pointer) {
        List<String> texts = new ArrayList<>();
        if (json instanceof Json.Arr all) {
            for (Json one : all.items()) {
                if (!(one instanceof Json.Text text)) {
                    throw RequestFields.at(pointer, "must be made of strings");
                }
                texts.add(text.value());
            }
        } else if (json != null && !(json instanceof Json.Null)) {
            throw RequestFields.at(pointer, "must be a list");
        }
        return texts;
    }

    private static long number(@Nullable Json json, String pointer) {
        if (json == null || json instanceof Json.Null) {
            return -1;
        }
        if (json instanceof Json.Num number
                && number.value().signum() >= 0
                && number.value().compareTo(MAX_NUMBER) <= 0
                && number.value().stripTrailingZeros().scale() <= 0) {
            return number.value().longValue();
        }
        throw RequestFields.at(pointer, "must be a whole number from 0 on");
    }
}
