package dev.threadwright.ingress;

import dev.threadwright.json.InvalidJsonException;
import dev.threadwright.json.JsonText;
import dev.threadwright.thread.TraceContext;
import dev.threadwright.workflow.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Reads CloudEvents 1.0 in the binary and structured modes of the Kafka protocol binding, and plain records.
 *
 * <p>By hand: the SDK lets pass what must not (control characters, lengths, an attribute given twice, the last of which
 * wins) and says of the rest less than a dead letter should, so all headers would be read a second time.
 */
final class EnvelopeReader {

    static final String ATTRIBUTE_PREFIX = "ce_";
    static final String CONTENT_TYPE = "content-type";
    private static final String CLOUD_EVENTS = "application/cloudevents";
    private static final String STRUCTURED = CLOUD_EVENTS + "+json";

    private final int maxDataBytes;

    EnvelopeReader(int maxDataBytes) {
        this.maxDataBytes = maxDataBytes;
    }

    Envelope read(ConsumerRecord<byte[], byte[]> record, Origin origin, String thread) throws InvalidRecordException {
        byte[] value = record.value();
        if (value != null && value.length > maxDataBytes) {
            throw new InvalidRecordException(
                    "The data is too large: " + value.length + " bytes, at most " + maxDataBytes);
        }
        Header contentType = record.headers().lastHeader(CONTENT_TYPE);
        String mode = contentType == null ? null : mode(contentType.value());
        TraceContext trace = TraceHeaders.read(record.headers());
        if (mode != null) {
            return structured(mode, value, origin, thread, trace);
        }
        Attributes attributes = null;
        for (Header header : record.headers()) {
            if (header.key().startsWith(ATTRIBUTE_PREFIX)) {
                attributes = attributes == null ? new Attributes() : attributes;
                String name = header.key().substring(ATTRIBUTE_PREFIX.length());
                if (Attributes.isRead(name)) {
                    attributes.put(name, header.value());
                }
            }
        }
        if (attributes == null) {
            return plain(value, origin, trace);
        }
        if (contentType != null) {
            attributes.put(Attributes.DATA_CONTENT_TYPE, contentType.value());
        }
        attributes.check(thread);
        return envelope(attributes, origin, json("data", value), trace);
    }

    /** Which of the formats that hold a whole event it is; null if the content is the data itself. */
    private static @Nullable String mode(byte @Nullable [] contentType) {
        if (contentType == null || contentType.length < CLOUD_EVENTS.length()) {
            return null;
        }
        String text = new String(contentType, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        int parameters = text.indexOf(';');
        String mediaType = (parameters < 0 ? text : text.substring(0, parameters)).strip();
        return mediaType.startsWith(CLOUD_EVENTS) ? mediaType : null;
    }

    private static Envelope plain(byte @Nullable [] value, Origin origin, @Nullable TraceContext trace)
            throws InvalidRecordException {
        if (origin.role() == TopicRole.RESULTS) {
            throw new InvalidRecordException("A result must be a CloudEvent, and this record has no ce_ headers");
        }
        return new Envelope(
                origin.identity(), CloudEventTypes.USER_INPUT, Map.of(), present(json("data", value)), trace);
    }

    private static Envelope structured(
            String mode, byte @Nullable [] value, Origin origin, String thread, @Nullable TraceContext trace)
            throws InvalidRecordException {
        if (!mode.equals(STRUCTURED)) {
            throw new InvalidRecordException("Content type " + AttributeText.quoted(mode) + " is not supported; send "
                    + STRUCTURED + ", one event a record, or binary mode");
        }
        if (!(json("event", value) instanceof Json.Obj event)) {
            throw new InvalidRecordException("The event must be a JSON object");
        }
        Attributes attributes = new Attributes();
        for (Map.Entry<String, Json> field : event.fields().entrySet()) {
            String name = field.getKey();
            if (!name.equals("data") && !name.equals("data_base64") && Attributes.isRead(name)) {
                put(attributes, name, field.getValue());
            }
        }
        attributes.check(thread);
        return envelope(attributes, origin, data(event), trace == null ? TraceHeaders.read(event) : trace);
    }

    private static void put(Attributes attributes, String name, Json value) throws InvalidRecordException {
        switch (value) {
            // The JSON format lets an attribute that is not set be null.
            case Json.Null ignored -> {}
            case Json.Text text -> attributes.put(name, text.value());
            // The JSON format writes integers so, which only extensions can be.
            case Json.Num number
            when !Attributes.isOfContext(name) ->
                attributes.put(name, number.value().toPlainString());
            case Json.Num number ->
                throw new InvalidRecordException(
                        Attributes.what(name) + " must be a string, and is the number " + number.value());
            default -> throw new InvalidRecordException(Attributes.what(name) + " must be a string");
        }
    }

    private static Json data(Json.Obj event) throws InvalidRecordException {
        Json data = event.get("data");
        Json base64 = event.get("data_base64");
        if (base64 == null) {
            return data == null ? Json.NULL : data;
        }
        if (data != null || !(base64 instanceof Json.Text text)) {
            throw new InvalidRecordException("data_base64 must be a string, and stand alone without data");
        }
        try {
            return json("data_base64", Base64.getDecoder().decode(text.value()));
        } catch (IllegalArgumentException e) {
            throw new InvalidRecordException("data_base64 is not base64");
        }
    }

    private static Envelope envelope(Attributes attributes, Origin origin, Json data, @Nullable TraceContext trace)
            throws InvalidRecordException {
        String type = attributes.type(origin.role());
        // Work may well have no result; everything else without data is a mistake.
        boolean nullable = type.equals(CloudEventTypes.ACTION_SUCCEEDED);
        return new Envelope(
                attributes.identity(), type, attributes.extensions(), nullable ? data : present(data), trace);
    }

    private static Json json(String what, byte @Nullable [] utf8) throws InvalidRecordException {
        try {
            return utf8 == null ? Json.NULL : JsonText.parse(utf8);
        } catch (InvalidJsonException e) {
            throw new InvalidRecordException("The " + what + " cannot be read: " + e.getMessage());
        }
    }

    private static Json present(Json data) throws InvalidRecordException {
        if (data instanceof Json.Null) {
            throw new InvalidRecordException("Null data: send a JSON value that is not null");
        }
        return data;
    }
}
