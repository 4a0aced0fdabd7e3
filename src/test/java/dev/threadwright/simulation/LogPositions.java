package dev.threadwright.simulation;

import dev.threadwright.relay.PositionRecords;
import dev.threadwright.relay.PublishedPositions;
import dev.threadwright.relay.RelayException;
import dev.threadwright.simulation.Faults.Kind;
import dev.threadwright.simulation.Timeline.Process;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** What the relay asks of the log: the last positions that are committed, and that another publishes no more. */
final class LogPositions implements PublishedPositions {

    private static final long GIVES_UP_MS = 10_000;

    private final Process process;
    private final Broker broker;
    private final Faults faults;

    LogPositions(Process process, Broker broker, Faults faults) {
        this.process = process;
        this.broker = broker;
        this.faults = faults;
    }

    @Override
    public Map<Integer, Long> read(Collection<Integer> partitions) {
        pass();
        long until = process.ticksMs() + GIVES_UP_MS;
        Map<Integer, Long> ends = new HashMap<>();
        partitions.forEach(partition -> ends.put(partition, broker.end(place(partition))));
        while (partitions.stream().anyMatch(partition -> broker.stableEnd(place(partition)) < ends.get(partition))) {
            if (process.ticksMs() > until) {
                throw new RelayException("A transaction stays undecided", new TimeoutException());
            }
            sleep(100);
        }
        Map<Integer, Long> positions = new HashMap<>();
        for (int partition : partitions) {
            List<Broker.Appended> committed = broker.read(place(partition), 0, Integer.MAX_VALUE, next -> {});
            if (!committed.isEmpty()) {
                Broker.Appended last = committed.getLast();
                positions.put(
                        partition, PositionRecords.position(last.partition() + "@" + last.offset(), last.value()));
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
        return new TopicPartition(Names.POSITIONS, partition);
    }

    @Override
    public void close() {
        // It holds nothing of its own.
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
