package dev.threadwright.http;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** Which page of a list a request asks for. */
public abstract class PageQuery {

    @Parameter(description = "`next` of the page before.")
    @RestQuery("after")
    public @Nullable String after;

    /** @throws ProblemException if it asks for none that there can be */
    abstract <V, P> Paging<V, P> of(Cursor<V, P> list);

    /** Of a list whose items are large. */
    public static final class OfFew extends PageQuery {

        static final int DEFAULT_LIMIT = 20;
        static final int MAX_LIMIT = 100;

        @Parameter(
                description = "How many at most.",
                schema =
                        @Schema(
                                type = SchemaType.INTEGER,
                                minimum = "1",
                                maximum = "" + MAX_LIMIT,
                                defaultValue = "" + DEFAULT_LIMIT))
        @RestQuery("limit")
        public @Nullable String limit;

        @Override
        <V, P> Paging<V, P> of(Cursor<V, P> list) {
            return list.paging(after, limit, MAX_LIMIT, DEFAULT_LIMIT);
        }
    }

    /** Of a list whose items are small. */
    public static final class OfMany extends PageQuery {

        static final int DEFAULT_LIMIT = 100;
        static final int MAX_LIMIT = 1_000;

        @Parameter(
                description = "How many at most.",
                schema =
                        @Schema(
                                type = SchemaType.INTEGER,
                                minimum = "1",
                                maximum = "" + MAX_LIMIT,
                                defaultValue = "" + DEFAULT_LIMIT))
        @RestQuery("limit")
        public @Nullable String limit;

        @Override
        <V, P> Paging<V, P> of(Cursor<V, P> list) {
            return list.paging(after, limit, MAX_LIMIT, DEFAULT_LIMIT);
        }
    }
}
