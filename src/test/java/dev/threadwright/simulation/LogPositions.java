package dev.threadwright.simulation;

import dev.threadwright.relay.PublishedPositions;
import dev.threadwright.relay.RelayException;
import dev.threadwright.simulation.Faults.Kind;
import dev.threadwright.simulation.Timeline.Process;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** The administrator's two calls that the relay makes. */
final class LogPositions implements PublishedPositions {

    private static final long GIVES_UP_MS = 10_000;

    private final Process process;
    private final Broker broker;
    private final Faults faults;
    private final String inputTopic;

    LogPositions(Process process, Broker broker, Faults faults, String inputTopic) {
        this.process = process;
        this.broker = broker;
        this.faults = faults;
        this.inputTopic = inputTopic;
    }

    @Override
    public Map<Integer, Long> read(Collection<Integer> partitions) {
        pass();
        long until = process.ticksMs() + GIVES_UP_MS;
        while (partitions.stream().anyMatch(partition -> broker.isUnstable(place(partition)))) {
            if (process.ticksMs() > until) {
                throw new RelayException("The offsets stay unstable", new TimeoutException());
            }
            sleep(100);
        }
        Map<Integer, Long> positions = new HashMap<>();
        for (int partition : partitions) {
            OffsetAndMetadata offset = broker.offset(place(partition));
            Long position = offset == null ? null : PublishedPositions.position(offset.metadata());
            if (position != null) {
                positions.put(partition, position);
            }
        }
        pass();
        return positions;
    }

    @Override
    public void fence(String publisher) {
        pass();
        broker.fence(publisher);
        pass();
    }

    private TopicPartition place(int partition) {
        return new TopicPartition(inputTopic, partition);
    }

    private void sleep(long ms) {
        try {
            SimulatedThreads.sleep(process, ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RelayException("interrupted", e);
        }
    }

    private void pass() {
        try {
            faults.pass(process);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RelayException("interrupted", e);
        }
        if (faults.isLogAway() || faults.happens(Kind.LOG_CALL_BEFORE)) {
            throw new RelayException("injected", new TimeoutException());
        }
    }
}
