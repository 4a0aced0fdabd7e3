package dev.threadwright.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.threadwright.callback.Callbacks;
import java.net.URLEncoder;

/** A path as it may be logged and told: on one line, and without secrets. */
final class ShownPath {

    private ShownPath() {}

    /** Who knows a callback's address may use it, so that stands nowhere. */
    static String of(String path) {
        if (!path.startsWith(Callbacks.PATH)) {
            return onOneLine(path);
        }
        int end = path.indexOf('/', Callbacks.PATH.length());
        return Callbacks.PATH + "..." + (end < 0 ? "" : onOneLine(path.substring(end)));
    }

    /** A line that a client put into the log would be taken for one of ours. */
    private static String onOneLine(String path) {
        StringBuilder shown = new StringBuilder(path.length());
        path.chars().forEach(c -> {
            if (Character.isISOControl(c)) {
                shown.append(URLEncoder.encode(Character.toString(c), UTF_8));
            } else {
                shown.append((char) c);
            }
        });
        return shown.toString();
    }
}
