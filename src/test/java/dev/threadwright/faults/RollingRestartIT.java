package dev.threadwright.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** Each server in turn is told to end, and started again, while many use them over HTTP and Kafka: nobody notices. */
class RollingRestartIT {

    private static final long SEED = Long.getLong("threadwright.seed", System.nanoTime());
    private static final int THREADS = 20;
    private static final Duration DONE = Duration.ofSeconds(150);

    /** The delay, the drain and ten seconds for partitions are less; this is when Kubernetes would kill it. */
    private static final long ENDS_WITHIN_SECONDS = 30;

    private static final Map<String, String> CONFIGURATION = Map.of("threadwright.shutdown.delay", "1s");

    private final AtomicBoolean working = new AtomicBoolean(true);
    private final Queue<String> findings = new ConcurrentLinkedQueue<>();
    private final AtomicInteger atWork = new AtomicInteger();
    private final AtomicInteger verified = new AtomicInteger();
    private final Queue<String> answered = new ConcurrentLinkedQueue<>();

    @Test
    void noRequestFailsBeyondWhatIsRetried_noInputIsLostOrDoubled_andNoStreamHasAGap() throws Exception {
        System.out.println("seed " + SEED);
        Balancer balancer = new Balancer();
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
        try (Cluster cluster = new Cluster("rolling");
                Ledger ledger = new Ledger(cluster)) {
            ServerProcess one = cluster.server("one", CONFIGURATION);
            ServerProcess two = cluster.server("two", CONFIGURATION);
            balancer.servers.addAll(List.of(one.awaitReady(), two.awaitReady()));
            clients.submit(() -> counted(() -> deciding(balancer)));
            clients.submit(() -> counted(() -> completing(balancer)));
            for (int i = 0; i < 3; i++) {
                String thread = "t" + i;
                clients.submit(() -> balancer.follow(thread));
            }
            Load load = new Load(
                    ledger, RandomGeneratorFactory.of("L64X128MixRandom").create(SEED), THREADS);
            clients.submit(() -> counted(() -> sending(load)));
            clients.submit(() -> counted(() -> verifying(cluster)));
            awaitAnswered(40);

            List<ServerProcess> ended = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                ServerProcess old = balancer.servers.get(i);
                endInOrder(old);
                ended.add(old);
                awaitAnswered(20);
                balancer.servers.set(
                        i, cluster.server("again" + i, CONFIGURATION).awaitReady());
                awaitAnswered(20);
            }
            working.set(false);
            await("clients have their last answers").atMost(DONE).until(() -> atWork.get() == 0);
            ledger.flush();
            ledger.awaitDone(DONE);
            awaitSeen(cluster, balancer);
            balancer.end();
            await("lag tools see that all is consumed").atMost(DONE).until(() -> cluster.lag("input") == 0);

            assertThat(balancer.failures).isEmpty();
            assertThat(balancer.retries.get("stream broken"))
                    .as("streams that were cut")
                    .isPositive();
            assertThat(findings).isEmpty();
            assertThat(verified).as("times that all threads were verified").hasPositiveValue();
            ledger.assertExactlyOnce();
            assertThat(cluster.query("select causation_id from event where type = 'input.accepted'"
                            + " and causation_source = '/http'"))
                    .as("inputs over HTTP")
                    .containsExactlyInAnyOrderElementsOf(answered);
            for (ServerProcess server : ended) {
                assertThat(server.log())
                        .contains("Gave partition ")
                        .doesNotContain("not given back in order")
                        .doesNotContain("are not answered");
            }
            assertThat(balancer.servers)
                    .allSatisfy(server -> assertThat(server.log()).doesNotContain("has another owner"));
            System.out.println(answered.size() + " answered over HTTP, " + ledger.acknowledged() + " over Kafka, "
                    + verified + " times verified, " + balancer.retries);
        } finally {
            working.set(false);
            balancer.end();
            clients.shutdownNow();
        }
    }

    /** It says that it is not ready first, and still answers then; later it gives all back, and its status says that all is well. */
    private void endInOrder(ServerProcess server) throws InterruptedException {
        long begunNanos = System.nanoTime();
        server.end();
        await("it says that it ends")
                .atMost(DONE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> server.readiness().startsWith("503")
                        && server.readiness().contains("ending"));
        assertThat(server.awaitExit()).isZero();
        assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begunNanos))
                .as("seconds to end")
                .isLessThan(ENDS_WITHIN_SECONDS);
    }

    /** What a client throws is a failure, too. */
    private Void counted(Callable<Void> client) {
        atWork.incrementAndGet();
        try {
            return client.call();
        } catch (Exception e) {
            findings.add(e.toString());
            return null;
        } finally {
            atWork.decrementAndGet();
        }
    }

    private Void deciding(Balancer balancer) throws InterruptedException {
        for (int i = 0; working.get(); i++) {
            String key = "decide-" + i;
            int status = balancer.post(
                    "/threads/t" + i % THREADS + "/inputs?wait=decision",
                    key,
                    "{\"policy\": \"queue\", \"data\": {\"text\": \"" + key + "\"}}");
            answered(key, status);
        }
        return null;
    }

    private Void completing(Balancer balancer) throws InterruptedException {
        for (int i = 0; working.get(); i++) {
            String key = "complete-" + i;
            int status;
            do {
                // Who is told what is known so far asks again for the rest.
                status = balancer.post(
                        "/threads/c" + i % THREADS + "/inputs?wait=completion",
                        key,
                        "{\"workflow\": \"delay\", \"data\": {\"ms\": " + i % 7 * 20 + "}}");
            } while (status == 202);
            answered(key, status);
        }
        return null;
    }

    /** A journal that is at work is as sound as one at rest. */
    private Void verifying(Cluster cluster) {
        while (working.get()) {
            String said = cluster.verify();
            if (said.contains(" verified, 0 findings")) {
                verified.incrementAndGet();
            } else {
                findings.add(said);
            }
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
        }
        return null;
    }

    private Void sending(Load load) {
        while (working.get()) {
            load.send(5);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        return null;
    }

    private void answered(String key, int status) {
        if (status == 200) {
            answered.add(key);
        }
    }

    private void awaitAnswered(int more) {
        int before = answered.size();
        await("requests answered").atMost(DONE).until(() -> answered.size() >= before + more);
    }

    private static void awaitSeen(Cluster cluster, Balancer balancer) {
        await("readers have seen all")
                .atMost(DONE)
                .pollInterval(Duration.ofMillis(200))
                .until(() ->
                        cluster
                                .query("select thread || ' ' || seq from thread where thread in ('t0', 't1', 't2')")
                                .stream()
                                .allMatch(row -> balancer.seen
                                        .getOrDefault(row.substring(0, 2), 0L)
                                        .equals(Long.valueOf(row.substring(3)))));
    }
}
