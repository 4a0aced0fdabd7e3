package dev.threadwright.catalog;

import dev.threadwright.workflow.Channel;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.StepFailure;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/** The channels of a document: what reduces their writes, what type they have, and whether they can begin as they say. */
final class ChannelCompiler {

    private final Surroundings surroundings;
    private final Problems problems;

    ChannelCompiler(Surroundings surroundings, Problems problems) {
        this.surroundings = surroundings;
        this.problems = problems;
    }

    /** By name, in the order of the document. */
    Map<String, Channel> compile(@Nullable Json declared) {
        Map<String, Channel> channels = new LinkedHashMap<>();
        Shapes.object(declared).forEach((name, form) -> {
            Channel channel = channel(Problems.at("/channels", name), form);
            if (channel != null) {
                channels.put(name, channel);
            }
        });
        return channels;
    }

    private @Nullable Channel channel(String path, Json declared) {
        Json form = declared instanceof Json.Obj fields ? fields.get("reducer") : declared;
        if (!(form instanceof Json.Text text)) {
            return null;
        }
        Reducer reducer;
        try {
            reducer = Reducer.parse(text.value());
        } catch (IllegalArgumentException e) {
            return null; // The schema has said so.
        }
        BinaryOperator<Json> custom = null;
        if (reducer instanceof Reducer.Custom own) {
            custom = surroundings.reducer(own.name());
            if (custom == null) {
                problems.add(path, "there is no reducer bean \"" + own.name() + "\" on this server");
                return null;
            }
        }
        Json.Obj fields = declared instanceof Json.Obj object ? object : Json.EMPTY_OBJECT;
        Json initial = fields.get("default");
        Channel.Type type =
                fields.get("type") instanceof Json.Text declaredType ? type(declaredType.value()) : Channel.Type.ANY;
        boolean fits = ChannelTypes.of(reducer).contains(type);
        if (!fits) {
            problems.add(
                    path + "/type",
                    "does not go with " + reducer.form() + ", which makes "
                            + ChannelTypes.words(ChannelTypes.of(reducer)));
        }
        Channel channel = new Channel(
                reducer, initial, type, fields.get("many_writes") instanceof Json.Bool many && many.value(), custom);
        if (initial != null && custom == null) {
            try {
                int[] ids = {0};
                Json value = reducer.reduce(Json.NULL, reducer.prepared(initial, () -> "id-" + ids[0]++));
                if (fits && !ChannelTypes.isOf(type, value)) {
                    problems.add(
                            path + "/default", "is no " + ChannelTypes.word(type) + ", which the channel's type says");
                }
            } catch (StepFailure e) {
                problems.add(path + "/default", "its own reducer refuses it: " + e.getMessage());
            }
        }
        return channel;
    }

    private static Channel.Type type(String name) {
        for (Channel.Type type : Channel.Type.values()) {
            if (type.name().toLowerCase(Locale.ROOT).equals(name)) {
                return type;
            }
        }
        return Channel.Type.ANY;
    }
}
