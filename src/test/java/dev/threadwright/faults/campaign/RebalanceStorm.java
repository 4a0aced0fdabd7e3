package dev.threadwright.faults.campaign;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Members that do nothing join the group and leave it, so that partitions wander all the time. */
record RebalanceStorm() implements Fault {
    private static final int ROUNDS = 8;
    private static final int MEMBERS = 2;
    private static final long STAY_MS = 700;

    @Override
    public String name() {
        return "rebalance-storm";
    }

    @Override
    public String description() {
        return "two members that do nothing join the group and leave it, eight times";
    }

    @Override
    public boolean inject(Site site) throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            List<KafkaConsumer<byte[], byte[]>> members = new ArrayList<>();
            try {
                for (int m = 0; m < MEMBERS; m++) {
                    members.add(member(site));
                }
                long until = System.nanoTime() + (STAY_MS + site.random().nextLong(STAY_MS)) * 1_000_000;
                while (System.nanoTime() < until) {
                    for (KafkaConsumer<byte[], byte[]> member : members) {
                        member.poll(Duration.ofMillis(50));
                        member.pause(member.assignment());
                    }
                }
            } catch (KafkaException e) {
                // A member that is thrown out has left, too.
            } finally {
                members.forEach(KafkaConsumer::close);
            }
        }
        return true;
    }

    private static KafkaConsumer<byte[], byte[]> member(Site site) {
        KafkaConsumer<byte[], byte[]> member = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        site.broker().bootstrap(),
                        "group.id",
                        Site.GROUP,
                        "enable.auto.commit",
                        false,
                        "auto.offset.reset",
                        "latest",
                        "session.timeout.ms",
                        Site.SESSION_TIMEOUT_MS,
                        "heartbeat.interval.ms",
                        Site.SESSION_TIMEOUT_MS / 4,
                        "partition.assignment.strategy",
                        CooperativeStickyAssignor.class.getName()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        member.subscribe(List.of(Load.INPUT));
        return member;
    }

    @Override
    public void heal(Site site) {}
}
