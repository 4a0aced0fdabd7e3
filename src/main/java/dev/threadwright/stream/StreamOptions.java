package dev.threadwright.stream;

import dev.threadwright.contract.Mode;
import dev.threadwright.contract.StreamFrame;
import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants to be told of a run.
 *
 * @param modes besides what every stream tells
 * @param subgraphs whether what subgraphs do is told, too
 * @param namespaces the only ones that are told, the run's own graph being {@code ""}; null for all
 * @param resumable whether the end is told as an event of its own
 */
public record StreamOptions(
        Set<Mode> modes, boolean subgraphs, @Nullable List<String> namespaces, boolean resumable) {

    public static final StreamOptions DEFAULT = new StreamOptions(EnumSet.of(Mode.VALUES), false, null, false);

    public StreamOptions {
        modes = Set.copyOf(modes);
        namespaces = namespaces == null ? null : List.copyOf(namespaces);
    }

    /** As a run was asked for; {@link #DEFAULT} where nothing is said, and by an input alone. */
    public static StreamOptions of(Json.@Nullable Obj request) {
        Json given = request == null ? null : request.get("kwargs");
        if (!(given instanceof Json.Obj kwargs)) {
            return DEFAULT;
        }
        List<String> forms = texts(kwargs.get("stream_mode"));
        Set<Mode> modes = EnumSet.noneOf(Mode.class);
        for (String form : forms) {
            Mode mode = Mode.parse(form);
            if (mode != null) {
                modes.add(mode);
            }
        }
        return new StreamOptions(
                modes.isEmpty() ? DEFAULT.modes() : modes,
                isTrue(kwargs.get("stream_subgraphs")),
                null,
                isTrue(kwargs.get("stream_resumable")));
    }

    /** @throws IllegalArgumentException naming the mode that there is not */
    public StreamOptions withModes(List<String> forms) {
        if (forms.isEmpty()) {
            return this;
        }
        Set<Mode> asked = EnumSet.noneOf(Mode.class);
        for (String form : forms) {
            Mode mode = Mode.parse(form);
            if (mode == null) {
                throw new IllegalArgumentException("There is no stream mode \"" + form + "\"");
            }
            asked.add(mode);
        }
        return new StreamOptions(asked, subgraphs, namespaces, resumable);
    }

    /** Empty takes all. */
    public StreamOptions withNamespaces(List<String> only) {
        return only.isEmpty() ? this : new StreamOptions(modes, subgraphs, only, resumable);
    }

    boolean wants(StreamFrame frame) {
        return wantsMode(frame.mode()) && (isOfTheRun(frame.mode()) || wantsNamespace(frame.namespace()));
    }

    /** Told whichever namespaces are. */
    private static boolean isOfTheRun(Mode mode) {
        return mode == Mode.METADATA || mode == Mode.ERROR || mode == Mode.END;
    }

    private boolean wantsMode(Mode mode) {
        return switch (mode) {
            case METADATA, ERROR -> true;
            case END -> resumable;
            case STATE_UPDATE -> false;
            case VALUES,
                    UPDATES,
                    MESSAGES,
                    MESSAGES_TUPLE,
                    CUSTOM,
                    TASKS,
                    CHECKPOINTS,
                    DEBUG,
                    EVENTS,
                    TOOLS,
                    LIFECYCLE -> modes.contains(mode);
        };
    }

    private boolean wantsNamespace(List<String> namespace) {
        if (!namespace.isEmpty() && !subgraphs) {
            return false;
        }
        return namespaces == null || namespaces.stream().anyMatch(only -> isNamed(only, namespace));
    }

    /** Each part by its name, or by the step alone. */
    private static boolean isNamed(String only, List<String> namespace) {
        String[] parts = only.isEmpty() ? new String[0] : only.split("\\|", -1);
        if (parts.length != namespace.size()) {
            return false;
        }
        for (int i = 0; i < parts.length; i++) {
            if (!Namespaces.isPart(parts[i], namespace.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static List<String> texts(@Nullable Json value) {
        List<String> texts = new ArrayList<>();
        if (value instanceof Json.Text text) {
            texts.add(text.value());
        } else if (value instanceof Json.Arr items) {
            items.items().forEach(item -> texts.addAll(texts(item)));
        }
        return texts;
    }

    private static boolean isTrue(@Nullable Json value) {
        return value instanceof Json.Bool bool && bool.value();
    }
}
