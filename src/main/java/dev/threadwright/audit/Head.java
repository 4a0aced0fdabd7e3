package dev.threadwright.audit;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a chain ends, or ended: kept where nobody can change it who can change the database, it tells whether what stood in
 * the chain then is still there.
 *
 * @param hash of the entry of that number, hexadecimal
 */
public record Head(String tenant, String chain, long number, String hash) {

    private static final Pattern FORM =
            Pattern.compile("([^/\\s:]{1,255})/([a-z0-9-]{1,64}):(\\d{1,18}):([0-9a-f]{64})");

    /** {@code tenant/chain:number:hash}. */
    @Override
    public String toString() {
        return tenant + "/" + chain + ":" + number + ":" + hash;
    }

    /** Null if that is the text of none. */
    public static @Nullable Head parse(String text) {
        Matcher parts = FORM.matcher(text.strip());
        return parts.matches()
                ? new Head(parts.group(1), parts.group(2), Long.parseLong(parts.group(3)), parts.group(4))
                : null;
    }
}
