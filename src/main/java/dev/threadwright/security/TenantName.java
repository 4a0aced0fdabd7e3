package dev.threadwright.security;

import java.util.regex.Pattern;

/** What a tenant may be called: names stand in topics, keys of the configuration and addresses of threads. */
public final class TenantName {

    /** What every tenant's name is, for those who have to choose another. */
    public static final String FORM = "1 to 63 lower-case letters, digits, _ and -, a letter or digit first";

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

    private TenantName() {}

    public static boolean isOne(String name) {
        return NAME.matcher(name).matches();
    }
}
