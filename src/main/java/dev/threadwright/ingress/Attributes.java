package dev.threadwright.ingress;

import dev.threadwright.thread.Identity;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The attributes of one CloudEvent while they are gathered, and then checked as a whole. */
final class Attributes {

    /** Of every attribute but the policy; in UTF-16 units. */
    static final int MAX_LENGTH = 255;

    /** As many rules as a policy may have, with conditions as long as they may be, fit. */
    static final int MAX_POLICY_LENGTH = 64 * 1024;

    /** Of the CloudEvents specification. */
    static final String VERSION = "1.0";

    static final String SPEC_VERSION = "specversion";
    static final String ID = "id";
    static final String SOURCE = "source";
    static final String TYPE = "type";
    static final String SUBJECT = "subject";
    static final String TIME = "time";
    static final String DATA_CONTENT_TYPE = "datacontenttype";
    static final String DATA_SCHEMA = "dataschema";

    private static final Set<String> CONTEXT =
            Set.of(SPEC_VERSION, ID, SOURCE, TYPE, SUBJECT, TIME, DATA_CONTENT_TYPE, DATA_SCHEMA);

    /** Made once, not for every attribute of every record. */
    private static final Map<String, String> NAMES_IN_REASONS = Stream.concat(
                    CONTEXT.stream(), Extensions.INBOUND.stream())
            .collect(Collectors.toUnmodifiableMap(Function.identity(), name -> "CloudEvents attribute " + name));

    private final Map<String, String> context = new HashMap<>();
    private final Map<String, String> extensions = new HashMap<>();

    /** Whether anything reads it; what nothing reads can do no harm. A name that no attribute may have is refused. */
    static boolean isRead(String name) throws InvalidRecordException {
        if (NAMES_IN_REASONS.containsKey(name)) {
            return true;
        }
        // Or "ce_Policy" would be an override that is silently not applied.
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if ((c < 'a' || c > 'z') && (c < '0' || c > '9')) {
                throw new InvalidRecordException(AttributeText.quoted(name)
                        + " is not a CloudEvents attribute name: those have lower-case letters and digits only");
            }
        }
        return false;
    }

    /** Of the specification's own: those are texts. */
    static boolean isOfContext(String name) {
        return CONTEXT.contains(name);
    }

    void put(String name, byte @Nullable [] value) throws InvalidRecordException {
        add(name, AttributeText.read(what(name), value, maxLength(name)));
    }

    void put(String name, String value) throws InvalidRecordException {
        add(name, AttributeText.check(what(name), value, maxLength(name)));
    }

    private void add(String name, String value) throws InvalidRecordException {
        if ((CONTEXT.contains(name) ? context : extensions).put(name, value) != null) {
            throw new InvalidRecordException(what(name) + " is given twice");
        }
    }

    /** In the order in which one reads them: what it claims to be, then whether that is consistent. */
    void check(String thread) throws InvalidRecordException {
        String version = required(SPEC_VERSION);
        if (!version.equals(VERSION)) {
            throw new InvalidRecordException(
                    what(SPEC_VERSION) + " must be " + VERSION + ", not " + AttributeText.quoted(version));
        }
        required(ID);
        requireUri(SOURCE, required(SOURCE));
        if (required(SOURCE).startsWith(Origin.RESERVED_SOURCE)) {
            throw new InvalidRecordException(
                    what(SOURCE) + " begins with " + Origin.RESERVED_SOURCE + ", which is kept for plain records");
        }
        required(TYPE);
        checkOptional(thread);
    }

    private void checkOptional(String thread) throws InvalidRecordException {
        String subject = context.get(SUBJECT);
        if (subject != null && !subject.equals(thread)) {
            throw new InvalidRecordException("The record's key " + AttributeText.quoted(thread) + " and "
                    + what(SUBJECT) + " " + AttributeText.quoted(subject)
                    + " differ: both are the thread id; leave the subject out or make them equal");
        }
        String contentType = context.get(DATA_CONTENT_TYPE);
        if (contentType != null && !isJson(contentType)) {
            throw new InvalidRecordException(what(DATA_CONTENT_TYPE) + " must be application/json or end in +json, not "
                    + AttributeText.quoted(contentType));
        }
        String schema = context.get(DATA_SCHEMA);
        if (schema != null) {
            requireUri(DATA_SCHEMA, schema);
        }
        String time = context.get(TIME);
        if (time != null) {
            requireTime(time);
        }
    }

    /** With the type that {@link CloudEventTypes} knows; others are refused, naming those that the topic may carry. */
    String type(TopicRole role) throws InvalidRecordException {
        String onWire = required(TYPE);
        String type = CloudEventTypes.fromWire(onWire);
        List<String> known = CloudEventTypes.on(role);
        if (type != null && known.contains(type)) {
            return type;
        }
        boolean elsewhere =
                type != null && CloudEventTypes.on(TopicRole.COMMANDS).contains(type);
        String names =
                String.join(", ", known.stream().map(CloudEventTypes::onWire).toList());
        throw new InvalidRecordException(what(TYPE) + " " + AttributeText.quoted(onWire)
                + (elsewhere ? " does not belong on the " + role.word() + " topic" : " is unknown")
                + "; here it may be "
                + names);
    }

    Identity identity() throws InvalidRecordException {
        return new Identity(required(SOURCE), required(ID));
    }

    Map<String, String> extensions() {
        return extensions;
    }

    private String required(String name) throws InvalidRecordException {
        String value = context.get(name);
        if (value == null) {
            throw new InvalidRecordException(what(name) + " is missing");
        }
        return value;
    }

    static String what(String name) {
        return Objects.requireNonNull(NAMES_IN_REASONS.get(name), name);
    }

    private static int maxLength(String name) {
        return name.equals(Extensions.POLICY) ? MAX_POLICY_LENGTH : MAX_LENGTH;
    }

    private static void requireUri(String name, String value) throws InvalidRecordException {
        try {
            new URI(value);
        } catch (URISyntaxException e) {
            throw new InvalidRecordException(
                    what(name) + " must be a URI reference, not " + AttributeText.quoted(value));
        }
    }

    private static void requireTime(String value) throws InvalidRecordException {
        try {
            OffsetDateTime.parse(value);
        } catch (DateTimeException e) {
            throw new InvalidRecordException(
                    what(TIME) + " must be an RFC 3339 time, not " + AttributeText.quoted(value));
        }
    }

    private static boolean isJson(String contentType) {
        int parameters = contentType.indexOf(';');
        String mediaType = (parameters < 0 ? contentType : contentType.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
        return mediaType.equals("application/json")
                || mediaType.equals("text/json")
                || mediaType.indexOf('/') > 0 && mediaType.endsWith("+json");
    }
}
