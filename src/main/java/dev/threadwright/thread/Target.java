package dev.threadwright.thread;

import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Step;
import java.util.Locale;

/**
 * What an attempt reaches, by a name that limits are set by: {@code http/api.example.com} for requests to that host, with its port if
 * the URL says one, {@code chat/default} for a chat model, and the name of the action for all others.
 */
public final class Target {

    /** Of a host in a name; a longer one is cut, and shares what it has with those that begin alike. */
    static final int MAX_LENGTH = 200;

    private static final String HTTP_PREFIX = "http/";
    private static final String CHAT_PREFIX = "chat/";
    private static final String DEFAULT_MODEL = "default";

    private Target() {}

    /** @param input of the action */
    public static String of(String handler, Json input) {
        String target = switch (handler) {
            case Step.Action.HTTP -> HTTP_PREFIX + host(input);
            case Step.Action.CHAT -> CHAT_PREFIX + model(input);
            default -> handler;
        };
        return target.length() > MAX_LENGTH ? target.substring(0, MAX_LENGTH) : target;
    }

    private static String host(Json input) {
        if (!(input instanceof Json.Obj request) || !(request.get("url") instanceof Json.Text url)) {
            return "";
        }
        String text = url.value();
        int scheme = text.indexOf("://");
        if (scheme < 0) {
            // No URL: the step that would send it says so.
            return "";
        }
        int from = scheme + 3;
        int to = from;
        while (to < text.length() && "/?#".indexOf(text.charAt(to)) < 0) {
            to++;
        }
        String authority = text.substring(from, to);
        return authority.substring(authority.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
    }

    private static String model(Json input) {
        return input instanceof Json.Obj asked && asked.get("model") instanceof Json.Text name
                ? name.value()
                : DEFAULT_MODEL;
    }
}
