package dev.threadwright.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.actor.Measurements;
import dev.threadwright.actor.StepStarter.StepCall;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Awaited;
import dev.threadwright.thread.Owed;
import dev.threadwright.thread.Replay;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.TraceContext;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.WorkflowRef;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class SafeMeasurementsTest {

    private static final TraceContext SENT =
            new TraceContext("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", null);
    private static final TraceContext MADE =
            new TraceContext("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203332-01", null);
    private static final StepCall STEP = new StepCall(
            0,
            new ThreadKey("default", "t"),
            new Owed.Call(
                    new RunId("r"),
                    new ActionId("a"),
                    1,
                    new WorkflowRef("w", 1),
                    "s",
                    "h",
                    Json.NULL,
                    Channels.EMPTY,
                    true,
                    5_000,
                    Replay.NONE,
                    Awaited.HANDLER),
            SENT);

    private final List<Long> relayed = new ArrayList<>();

    private final Measurements broken = new Measurements() {
        @Override
        public void relayed(long nanos) {
            throw new IllegalStateException("broken");
        }

        @Override
        public TraceContext stepBegun(StepCall step) {
            throw new IllegalStateException("broken");
        }
    };

    private final Measurements sound = new Measurements() {
        @Override
        public void relayed(long nanos) {
            relayed.add(nanos);
        }

        @Override
        public TraceContext stepBegun(StepCall step) {
            return MADE;
        }
    };

    @Test
    void oneThatFailsCostsTheOthersNothing() {
        SafeMeasurements all = new SafeMeasurements(List.of(broken, sound, broken));
        all.relayed(3);
        all.relayed(4);

        assertThat(relayed).containsExactly(3L, 4L);
        assertThat(all.stepBegun(STEP)).isEqualTo(MADE);
        assertThat(new SafeMeasurements(List.of(broken)).stepBegun(STEP)).isEqualTo(SENT);
    }

    @Test
    void aStepIsWhereTheOneWhoTracesHasPutIt() {
        assertThat(new SafeMeasurements(List.of(Measurements.NONE, sound)).stepBegun(STEP))
                .isEqualTo(MADE);
        assertThat(new SafeMeasurements(List.of(sound, Measurements.NONE)).stepBegun(STEP))
                .isEqualTo(MADE);
    }

    @Test
    void aRecordThatCannotBeTracedIsDecidedInTheTraceThatItCameIn() {
        assertThat(MeasurementWiring.safe((record, type, sent) -> {
                            throw new IllegalStateException("broken");
                        })
                        .of(new ConsumerRecord<>("in", 0, 0, null, null), "user.input", SENT))
                .isEqualTo(SENT);
    }
}
