package dev.threadwright.relay;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.threadwright.journal.DeadLetterNames;
import dev.threadwright.journal.DecisionRow;
import dev.threadwright.journal.ErasedRow;
import dev.threadwright.journal.EventCodec;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.journal.Publication;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.RunId;
import java.net.URLEncoder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * What a publication becomes on Kafka. Every event goes to the events topic; those that say how a run or an input fares
 * also to the lifecycle topic, with the same data. Records are CloudEvents in binary mode whose id is the event's place
 * on its thread, so that it is the same however often a record is sent.
 */
public final class OutgoingRecords {

    private static final RecordHeader SPEC_VERSION = header("ce_specversion", "1.0");
    private static final RecordHeader CONTENT_TYPE = header("content-type", "application/json");
    private static final RecordHeader JOURNAL = header("ce_source", "/threadwright/journal");
    private static final RecordHeader LIFECYCLE = header("ce_source", "/threadwright/lifecycle");

    /** The lengths of a header's name and value. */
    private static final int HEADER_FRAME_BYTES = 10;

    private final Topics topics;
    private final DeadLetterNames names;
    private final int partitions;
    private final int maxDataBytes;

    /** @param maxDataBytes data beyond it stays in the journal, and the record says where */
    public OutgoingRecords(Topics topics, DeadLetterNames names, int partitions, int maxDataBytes) {
        this.topics = topics;
        this.names = names;
        this.partitions = partitions;
        this.maxDataBytes = maxDataBytes;
    }

    public List<ProducerRecord<byte[], byte[]>> of(Publication publication) {
        return switch (publication) {
            case DecisionRow decision -> ofDecision(decision);
            case ErasedRow ignored -> List.of();
            case OutboxRow row ->
                List.of(
                        switch (row.kind()) {
                            case FORWARD -> forward(row);
                            case ACTION -> action(row);
                            case INVALID, REFUSED, FAILED, NOT_STORED, THREAD_UNREADABLE, THREAD_SET_ASIDE ->
                                deadLetter(row);
                        });
        };
    }

    private List<ProducerRecord<byte[], byte[]>> ofDecision(DecisionRow decision) {
        Topics.OfTenant own = topics.of(decision.thread().tenant());
        String thread = decision.thread().thread();
        byte[] key = thread.getBytes(UTF_8);
        RecordHeader subject = new RecordHeader("ce_subject", key);
        RecordHeader time =
                header("ce_time", Instant.ofEpochMilli(decision.timeMs()).toString());
        Identity causation = decision.causation();
        RecordHeader cause = causation == null ? null : header("ce_causationid", causation.id());
        List<ProducerRecord<byte[], byte[]>> records =
                new ArrayList<>(decision.events().size() + 2);
        for (Recorded recorded : decision.events()) {
            Event event = recorded.event();
            byte[] data = EventCodec.write(event).getBytes(UTF_8);
            Common common = new Common(
                    header("ce_id", decision.thread() + "/" + recorded.seq()),
                    header("ce_type", "dev.threadwright." + EventCodec.typeOf(event) + ".v1"),
                    header("ce_sequence", Long.toString(recorded.seq())),
                    subject,
                    time,
                    cause,
                    runHeader(event),
                    traceHeader(recorded.traceParent()),
                    data.length > maxDataBytes ? header("ce_dataref", place(thread, recorded.seq())) : null);
            byte[] value = data.length > maxDataBytes ? null : data;
            records.add(record(own.events(), decision.partition(), key, value, common.headers(JOURNAL)));
            if (isLifecycle(event)) {
                records.add(record(own.lifecycle(), decision.partition(), key, value, common.headers(LIFECYCLE)));
            }
        }
        return records;
    }

    private record Common(
            RecordHeader id,
            RecordHeader type,
            RecordHeader sequence,
            RecordHeader subject,
            RecordHeader time,
            @Nullable RecordHeader cause,
            @Nullable RecordHeader run,
            @Nullable RecordHeader trace,
            @Nullable RecordHeader dataRef) {

        Headers headers(RecordHeader source) {
            RecordHeaders headers = new RecordHeaders();
            headers.add(SPEC_VERSION)
                    .add(id)
                    .add(source)
                    .add(type)
                    .add(subject)
                    .add(time)
                    .add(sequence);
            if (run != null) {
                headers.add(run);
            }
            if (cause != null) {
                headers.add(cause);
            }
            if (trace != null) {
                headers.add(trace);
            }
            return headers.add(dataRef == null ? CONTENT_TYPE : dataRef);
        }
    }

    /**
     * Anybody may have sent it, packed so well that it is larger than what this topic takes. Then what does not fit is cut
     * off: nobody else may wait for it.
     */
    private ProducerRecord<byte[], byte[]> deadLetter(OutboxRow row) {
        RecordHeaders headers = new RecordHeaders();
        row.headers().forEach(headers::add);
        byte[] key = row.key();
        byte[] value = row.value();
        int headerBytes = bytes(headers);
        long all = (long) length(key) + length(value) + headerBytes;
        if (all > maxDataBytes) {
            if (headerBytes > maxDataBytes / 4) {
                headers = new RecordHeaders();
                headerBytes = 0;
            }
            key = cut(key, maxDataBytes / 4);
            value = cut(value, maxDataBytes - headerBytes - length(key));
            headers.add(header("tw_cut", Long.toString(all)));
        }
        headers.add(header("tw_dead_letter", names.of(row.place())));
        headers.add(header("tw_kind", row.kind().word()));
        headers.add(header("tw_reason", row.reason()));
        headers.add(header("tw_source_topic", row.source().topic()));
        headers.add(header("tw_source_partition", Integer.toString(row.source().partition())));
        // All tenants share that topic: what stands where on it would tell how much the others do.
        if (!row.source().topic().equals(topics.commands())) {
            headers.add(header("tw_source_offset", Long.toString(row.source().offset())));
        }
        headers.add(header("tw_source_time", Instant.ofEpochMilli(row.timeMs()).toString()));
        return record(topics.of(row.tenant()).deadLetter(), row.partition(), key, value, headers);
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static byte @Nullable [] cut(byte @Nullable [] bytes, int most) {
        return bytes == null || bytes.length <= most ? bytes : Arrays.copyOf(bytes, most);
    }

    /** With what a record has beside each. */
    private static int bytes(Headers headers) {
        int bytes = 0;
        for (Header header : headers) {
            bytes += header.key().length() * 3 + length(header.value()) + HEADER_FRAME_BYTES;
        }
        return bytes;
    }

    private ProducerRecord<byte[], byte[]> forward(OutboxRow row) {
        byte[] key = row.key();
        if (key == null) {
            throw new IllegalStateException("A record without a key cannot be forwarded: " + row.source());
        }
        RecordHeaders headers = new RecordHeaders();
        row.headers().forEach(headers::add);
        return record(topics.commands(), Utils.toPositive(Utils.murmur2(key)) % partitions, key, row.value(), headers);
    }

    /** What is too large for the topic, the worker asks for. */
    private ProducerRecord<byte[], byte[]> action(OutboxRow row) {
        byte[] value = row.value();
        boolean isLarge = value != null && value.length > maxDataBytes;
        RecordHeaders headers = new RecordHeaders();
        row.headers().forEach(headers::add);
        if (isLarge) {
            headers.remove(CONTENT_TYPE.key());
            headers.add(header("ce_dataref", "/actions/" + URLEncoder.encode(text(row, "ce_actionid"), UTF_8)));
        }
        Topics.OfTenant own = topics.of(row.tenant());
        String topic = own.actionsOf().getOrDefault(text(row, "ce_actionname"), own.actions());
        return record(topic, row.partition(), row.key(), isLarge ? null : value, headers);
    }

    private static String text(OutboxRow row, String header) {
        byte[] value = row.headers().last(header);
        if (value == null) {
            throw new IllegalStateException("What a worker is told lacks " + header);
        }
        return new String(value, UTF_8);
    }

    /** Which events tell how a run or an input fares; everybody else's business is on the events topic. */
    private static boolean isLifecycle(Event event) {
        return switch (event) {
            case Event.RunStarted ignored -> true;
            case Event.RunCompleted ignored -> true;
            case Event.RunFailed ignored -> true;
            case Event.RunTimedOut ignored -> true;
            case Event.RunCancelled ignored -> true;
            case Event.InputRejected ignored -> true;
            case Event.InputQueued ignored -> true;
            case Event.InputMerged ignored -> true;
            case Event.InputExpired ignored -> true;
            case Event.RunInterrupted ignored -> true;
            case Event.RunResumed ignored -> true;
            case Event.InterruptRaised ignored -> true;
            case Event.InterruptResolved ignored -> true;
            case Event.InterruptRejected ignored -> true;
            case Event.InterruptExpired ignored -> true;
            case Event.InterruptAnswerRejected ignored -> true;
            case Event.InputKept ignored -> false;
            case Event.WaitStarted ignored -> false;
            case Event.WaitSatisfied ignored -> false;
            case Event.RunPaused ignored -> false;
            case Event.RunUnpaused ignored -> false;
            case Event.RunSteered ignored -> false;
            case Event.RunRedirected ignored -> false;
            case Event.ActionResultRecorded ignored -> false;
            case Event.CompactionStarted ignored -> false;
            case Event.CompactionCompleted ignored -> false;
            case Event.ThreadCreated ignored -> false;
            case Event.ThreadUpdated ignored -> false;
            case Event.InputAccepted ignored -> false;
            case Event.InputPromoted ignored -> false;
            case Event.StateRolledBack ignored -> false;
            case Event.StepCompleted ignored -> false;
            case Event.StepFailed ignored -> false;
            case Event.ActionRequested ignored -> false;
            case Event.ActionRetryScheduled ignored -> false;
            case Event.ActionUncertain ignored -> false;
            case Event.ActionHeld ignored -> false;
            case Event.ActionReleased ignored -> false;
            case Event.ActionAccepted ignored -> false;
            case Event.ActionExtended ignored -> false;
            case Event.ActionRetried ignored -> false;
            case Event.SubgraphStarted ignored -> false;
            case Event.TimerSet ignored -> false;
            case Event.TimerFired ignored -> false;
            case Event.StateUpdated ignored -> false;
            case Event.StateRestored ignored -> false;
            case Event.ThreadForked ignored -> false;
            case Event.RunRequested ignored -> false;
            case Event.RunRequestEnded ignored -> false;
            case Event.ActionDenied ignored -> false;
            case Event.ActionSucceeded ignored -> false;
            case Event.ActionFailed ignored -> false;
            case Event.ActionResultDiscarded ignored -> false;
            case Event.StateBranched ignored -> false;
            case Event.ThreadDeleted ignored -> false;
        };
    }

    private static @Nullable RecordHeader runHeader(Event event) {
        RunId run = event.run();
        return run == null ? null : header("ce_runid", run.value());
    }

    private static @Nullable RecordHeader traceHeader(@Nullable String traceParent) {
        return traceParent == null ? null : header("ce_traceparent", traceParent);
    }

    private static String place(String thread, long seq) {
        return "/threads/" + URLEncoder.encode(thread, UTF_8).replace("+", "%20") + "/events?from=" + seq + "&limit=1";
    }

    private static ProducerRecord<byte[], byte[]> record(
            String topic, int partition, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        return new ProducerRecord<>(topic, partition, key, value, headers);
    }

    private static RecordHeader header(String name, String value) {
        return new RecordHeader(name, value.getBytes(UTF_8));
    }
}
