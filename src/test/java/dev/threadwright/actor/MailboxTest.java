package dev.threadwright.actor;

import static dev.threadwright.actor.LoopHarness.raw;
import static dev.threadwright.actor.LoopHarness.thread;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.journal.OutboxRow.Kind;
import dev.threadwright.journal.RawHeaders;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MailboxTest {

    @Test
    void isSaturatedByCountOrByBytesAndTakesWhatComesNevertheless() {
        Mailbox byCount = new Mailbox(new MachineThreads(), 2, Long.MAX_VALUE);
        byCount.offer(List.of(work(0, 10)));
        assertThat(byCount.isSaturated()).isFalse();
        byCount.offer(List.of(work(1, 10), work(2, 10)));
        assertThat(byCount.isSaturated()).isTrue();
        assertThat(byCount.level()).isEqualTo(new Mailbox.Level(3, 3 * (10L + Work.OVERHEAD_BYTES)));

        Mailbox byBytes = new Mailbox(new MachineThreads(), 100, 5_000);
        byBytes.offer(List.of(work(0, 4_000)));
        assertThat(byBytes.isSaturated()).isFalse();
        byBytes.offer(List.of(work(1, 1_000)));
        assertThat(byBytes.isSaturated()).isTrue();
        byBytes.drain(1, Long.MAX_VALUE);
        assertThat(byBytes.isSaturated()).isFalse();
    }

    @Test
    void aBatchIsBoundedByCountAndByBytesAndIsNeverEmpty() {
        Mailbox mailbox = new Mailbox(new MachineThreads(), 100, Long.MAX_VALUE);
        List<Work> all = List.of(work(0, 9_000), work(1, 1_000), work(2, 1_000), work(3, 9_000), work(4, 10));
        mailbox.offer(all);
        assertThat(mailbox.drain(10, 5_000)).as("one that is too large alone").containsExactly(all.get(0));
        assertThat(mailbox.drain(10, 5_000)).containsExactly(all.get(1), all.get(2));
        assertThat(mailbox.drain(1, Long.MAX_VALUE)).containsExactly(all.get(3));
        mailbox.putBack(List.of(all.get(2), all.get(3)));
        assertThat(mailbox.drain(10, Long.MAX_VALUE)).containsExactly(all.get(2), all.get(3), all.get(4));
        assertThat(mailbox.level()).isEqualTo(new Mailbox.Level(0, 0));
    }

    @Test
    void whatASmallRecordOrNoRecordBringsCountsAsWhatItIs() {
        Mailbox mailbox = new Mailbox(new MachineThreads(), 100, 1 << 20);
        Json large = Json.array(Collections.nCopies(1_000, Json.of("x".repeat(1_000))));
        Work result = new Work.Decide(
                0,
                new Command.CompleteAction(
                        new Command.Header(thread("t"), 1, null, "", "action.succeeded", "system"),
                        new RunId("r"),
                        new ActionId("r-1"),
                        1,
                        large),
                null,
                false);
        assertThat(result.bytes()).isGreaterThan(1_000_000);
        mailbox.offer(List.of(result));
        assertThat(mailbox.isSaturated()).isTrue();

        Work headers = new Work.SetAside(
                0,
                Kind.INVALID,
                "x",
                new RawRecord(
                        ThreadKey.DEFAULT_TENANT,
                        raw(0, 0, 1).source(),
                        null,
                        null,
                        RawHeaders.of(Map.of("h", new byte[5_000])),
                        1));
        assertThat(headers.bytes()).isEqualTo(Work.OVERHEAD_BYTES + 5_001L);
    }

    @Test
    void recordsOfAPartitionThatIsConsumedAgainAreForgotten() {
        Mailbox mailbox = new Mailbox(new MachineThreads(), 100, Long.MAX_VALUE);
        mailbox.offer(List.of(work(0, 10), new Work.SetAside(1, Kind.INVALID, "x", raw(1, 0, 1))));
        mailbox.removeRecords(0);
        assertThat(mailbox.drain(10, Long.MAX_VALUE))
                .extracting(Work::partition)
                .containsExactly(1);
        assertThat(mailbox.level()).isEqualTo(new Mailbox.Level(0, 0));
    }

    private static Work work(long offset, int bytes) {
        RawRecord raw = raw(0, offset, 1);
        return new Work.SetAside(
                0,
                Kind.INVALID,
                "x",
                new RawRecord(ThreadKey.DEFAULT_TENANT, raw.source(), null, new byte[bytes], RawHeaders.NONE, 1));
    }
}
