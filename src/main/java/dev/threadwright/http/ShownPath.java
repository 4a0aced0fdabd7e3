package dev.threadwright.http;

import dev.threadwright.callback.Callbacks;

/** A path as it may be logged and told. */
final class ShownPath {

    private ShownPath() {}

    /** Who knows a callback's address may use it, so that stands nowhere. */
    static String of(String path) {
        if (!path.startsWith(Callbacks.PATH)) {
            return path;
        }
        int end = path.indexOf('/', Callbacks.PATH.length());
        return Callbacks.PATH + "..." + (end < 0 ? "" : path.substring(end));
    }
}
