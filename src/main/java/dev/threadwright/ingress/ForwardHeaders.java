package dev.threadwright.ingress;

import dev.threadwright.journal.RawHeaders;
import dev.threadwright.thread.ThreadKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What servers tell each other in headers of the commands topic: where a forwarded record first arrived, and who the
 * caller is of one that came over HTTP. On any other topic these headers are noise, because anyone can write them.
 */
public final class ForwardHeaders {

    /** {@link Origin#coordinates} of the original: the identity of a plain record, and the topic gives the tenant. */
    static final String ORIGIN = "tw_origin";

    /** When the original was appended; milliseconds since 1970. */
    static final String TIME = "tw_time";

    /** The role of the original's topic; absent for what a server produced itself. */
    static final String ROLE = "tw_role";

    /** The caller. */
    static final String ACTOR = "tw_actor";

    /** The caller's tenant. Forwards have that of the topic that they came from. */
    static final String TENANT = "tw_tenant";

    private static final String PREFIX = "tw_";
    private static final int MAX_ORIGIN_LENGTH = 300;
    private static final int MAX_TENANT_LENGTH = 63;
    private static final Pattern COORDINATES =
            Pattern.compile("([a-zA-Z0-9._-]{1,249})-\\d{1,10}-\\d{1,19}(~\\d{1,9})?");

    private ForwardHeaders() {}

    /**
     * The headers with which a record goes on to the partition of the commands topic that it belongs to, instead of its
     * own. Headers without a value are left out: they say nothing.
     */
    static RawHeaders of(ConsumerRecord<byte[], byte[]> record, int generation, TopicRole role) {
        List<RawHeaders.Header> headers = new ArrayList<>();
        boolean isForward = false;
        for (Header header : record.headers()) {
            if (header.value() != null
                    && (role == TopicRole.COMMANDS || !header.key().startsWith(PREFIX))) {
                headers.add(new RawHeaders.Header(header.key(), header.value()));
                isForward |= header.key().equals(ORIGIN);
            }
        }
        if (!isForward) {
            headers.add(new RawHeaders.Header(ORIGIN, utf8(Origin.coordinates(record, generation))));
            headers.add(new RawHeaders.Header(TIME, utf8(Long.toString(record.timestamp()))));
            if (role != TopicRole.COMMANDS) {
                headers.add(new RawHeaders.Header(ROLE, utf8(role.word())));
            }
        }
        return new RawHeaders(headers);
    }

    /** Whether a record of the commands topic first arrived elsewhere: its sender then asks nobody for the outcome. */
    static boolean isForward(ConsumerRecord<byte[], byte[]> record) {
        return record.headers().lastHeader(ROLE) != null;
    }

    /**
     * A forwarded record as its sender wrote it.
     *
     * @param topic on which it first arrived
     * @param headers without those of servers
     */
    public record Original(String topic, RawHeaders headers) {}

    /** @param headers of a record of the commands topic; null if those are not of one that first arrived elsewhere */
    public static @Nullable Original original(RawHeaders headers) {
        byte[] origin = headers.last(ORIGIN);
        if (origin == null || headers.last(ROLE) == null) {
            return null;
        }
        Matcher coordinates = COORDINATES.matcher(new String(origin, StandardCharsets.UTF_8));
        return coordinates.matches()
                ? new Original(
                        coordinates.group(1),
                        new RawHeaders(headers.all().stream()
                                .filter(header -> !header.name().startsWith(PREFIX))
                                .toList()))
                : null;
    }

    static Origin read(ConsumerRecord<byte[], byte[]> record, int generation, TopicRole role)
            throws InvalidRecordException {
        if (role != TopicRole.COMMANDS) {
            return Origin.here(record, generation, role, Origin.KAFKA);
        }
        String caller = text(record, ACTOR, Attributes.MAX_LENGTH);
        String actor = caller == null ? Origin.KAFKA : caller;
        String origin = text(record, ORIGIN, MAX_ORIGIN_LENGTH);
        if (origin == null) {
            return Origin.here(record, generation, role, actor);
        }
        Matcher coordinates = COORDINATES.matcher(origin);
        if (!coordinates.matches()) {
            throw new InvalidRecordException(ORIGIN + " must be topic-partition-offset");
        }
        return new Origin(coordinates.group(1), origin, time(record), role(record), actor);
    }

    public static void addTenant(Headers headers, String tenant) {
        headers.add(TENANT, utf8(tenant));
    }

    /** That of a record of the commands topic that came over HTTP. */
    static String tenant(ConsumerRecord<byte[], byte[]> record) throws InvalidRecordException {
        String tenant = text(record, TENANT, MAX_TENANT_LENGTH);
        return tenant == null ? ThreadKey.DEFAULT_TENANT : tenant;
    }

    private static long time(ConsumerRecord<?, ?> record) throws InvalidRecordException {
        String time = text(record, TIME, 20);
        try {
            return Long.parseLong(String.valueOf(time));
        } catch (NumberFormatException e) {
            throw new InvalidRecordException(TIME + " must be milliseconds since 1970 beside " + ORIGIN);
        }
    }

    private static TopicRole role(ConsumerRecord<?, ?> record) throws InvalidRecordException {
        String word = text(record, ROLE, 20);
        return switch (word) {
            case null -> TopicRole.COMMANDS;
            case "input" -> TopicRole.INPUT;
            case "results" -> TopicRole.RESULTS;
            default -> throw new InvalidRecordException(ROLE + " must be input or results");
        };
    }

    private static @Nullable String text(ConsumerRecord<?, ?> record, String name, int maxLength)
            throws InvalidRecordException {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : AttributeText.read("Header " + name, header.value(), maxLength);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
