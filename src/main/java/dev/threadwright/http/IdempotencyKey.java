package dev.threadwright.http;

import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jboss.resteasy.reactive.RestHeader;
import org.jspecify.annotations.Nullable;

/** The header by which a request is known when it comes again; what that means depends on what is asked for. */
public final class IdempotencyKey {

    static final String HEADER = "Idempotency-Key";

    private IdempotencyKey() {}

    /** Of a request that becomes a command. */
    public static final class OfCommand {

        @Parameter(
                description =
                        "The command's id, at most 255 characters. A command of the same id and content gets the first"
                                + " one's outcome; another content under the same id is a conflict.")
        @RestHeader(HEADER)
        public @Nullable String value;
    }

    /** Of a request for a run. */
    public static final class OfRun {

        @Parameter(description = "The same again with the same body is the same run; with another body it is refused.")
        @RestHeader(HEADER)
        public @Nullable String value;
    }
}
