package dev.threadwright.thread.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.threadwright.thread.Event.Behind;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.Input;
import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What every policy chooses in every situation, one line per case. */
class PolicyTableTest {

    private static final String TABLE = """
            interrupt               | idle                  | start
            interrupt               | 1 active              | interrupt and start
            interrupt               | 2 active              | interrupt and start
            interrupt               | waiting user          | interrupt and start
            interrupt               | waiting event         | interrupt and start
            interrupt               | paused                | interrupt and start
            interrupt               | active + waiting user | interrupt and start
            interrupt               | waiting user + event  | interrupt and start
            interrupt               | active + queued       | interrupt and start
            interrupt               | waiting + queued      | interrupt and start
            interrupt               | paused + queued       | interrupt and start
            interrupt               | 2 active + 2 queued   | interrupt and start

            interrupt(prepend)      | idle                  | start
            interrupt(prepend)      | 1 active              | interrupt and start, prepending
            interrupt(prepend)      | 2 active              | interrupt and start, prepending
            interrupt(prepend)      | waiting user          | interrupt and start, prepending
            interrupt(prepend)      | waiting event         | interrupt and start, prepending
            interrupt(prepend)      | paused                | interrupt and start, prepending
            interrupt(prepend)      | active + waiting user | interrupt and start, prepending
            interrupt(prepend)      | waiting user + event  | interrupt and start, prepending
            interrupt(prepend)      | active + queued       | interrupt and start, prepending
            interrupt(prepend)      | waiting + queued      | interrupt and start, prepending
            interrupt(prepend)      | paused + queued       | interrupt and start, prepending
            interrupt(prepend)      | 2 active + 2 queued   | interrupt and start, prepending

            parallel(1)             | idle                  | start
            parallel(1)             | 1 active              | refuse MAX_PARALLEL_RUNS: Maximum parallel runs (1) reached
            parallel(1)             | 2 active              | refuse MAX_PARALLEL_RUNS: Maximum parallel runs (1) reached
            parallel(1)             | waiting user          | refuse MAX_PARALLEL_RUNS: Maximum parallel runs (1) reached
            parallel(1)             | waiting event         | refuse MAX_PARALLEL_RUNS: Maximum parallel runs (1) reached
            parallel(1)             | paused                | refuse MAX_PARALLEL_RUNS: Maximum parallel runs (1) reached
            parallel(1)             | active + waiting user | refuse MAX_PARALLEL_RUNS: Maximum parallel runs (1) reached
            parallel(1)             | waiting user + event  | refuse MAX_PARALLEL_RUNS: Maximum parallel runs (1) reached
            parallel(1)             | active + queued       | refuse MAX_PARALLEL_RUNS: Maximum parallel runs (1) reached
            parallel(1)             | waiting + queued      | refuse MAX_PARALLEL_RUNS: Maximum parallel runs (1) reached
            parallel(1)             | paused + queued       | refuse MAX_PARALLEL_RUNS: Maximum parallel runs (1) reached
            parallel(1)             | 2 active + 2 queued   | refuse MAX_PARALLEL_RUNS: Maximum parallel runs (1) reached

            parallel(2)             | idle                  | start
            parallel(2)             | 1 active              | start beside
            parallel(2)             | 2 active              | refuse MAX_PARALLEL_RUNS: Maximum parallel runs (2) reached
            parallel(2)             | waiting user          | start beside
            parallel(2)             | waiting event         | start beside
            parallel(2)             | paused                | start beside
            parallel(2)             | active + waiting user | refuse MAX_PARALLEL_RUNS: Maximum parallel runs (2) reached
            parallel(2)             | waiting user + event  | refuse MAX_PARALLEL_RUNS: Maximum parallel runs (2) reached
            parallel(2)             | active + queued       | start beside
            parallel(2)             | waiting + queued      | start beside
            parallel(2)             | paused + queued       | start beside
            parallel(2)             | 2 active + 2 queued   | refuse MAX_PARALLEL_RUNS: Maximum parallel runs (2) reached

            merge                   | idle                  | start
            merge                   | 1 active              | merge
            merge                   | 2 active              | merge
            merge                   | waiting user          | start beside
            merge                   | waiting event         | start beside
            merge                   | paused                | start beside
            merge                   | active + waiting user | merge
            merge                   | waiting user + event  | start beside
            merge                   | active + queued       | merge
            merge                   | waiting + queued      | start beside
            merge                   | paused + queued       | start beside
            merge                   | 2 active + 2 queued   | merge

            reject                  | idle                  | start
            reject                  | 1 active              | refuse BUSY: Thread is busy
            reject                  | 2 active              | refuse BUSY: Thread is busy
            reject                  | waiting user          | refuse BUSY: Thread is busy
            reject                  | waiting event         | refuse BUSY: Thread is busy
            reject                  | paused                | refuse BUSY: Thread is busy
            reject                  | active + waiting user | refuse BUSY: Thread is busy
            reject                  | waiting user + event  | refuse BUSY: Thread is busy
            reject                  | active + queued       | refuse BUSY: Thread is busy
            reject                  | waiting + queued      | refuse BUSY: Thread is busy
            reject                  | paused + queued       | refuse BUSY: Thread is busy
            reject                  | 2 active + 2 queued   | refuse BUSY: Thread is busy

            queue(1)                | idle                  | start
            queue(1)                | 1 active              | enqueue max 1 behind UNFINISHED
            queue(1)                | 2 active              | enqueue max 1 behind UNFINISHED
            queue(1)                | waiting user          | enqueue max 1 behind UNFINISHED
            queue(1)                | waiting event         | enqueue max 1 behind UNFINISHED
            queue(1)                | paused                | enqueue max 1 behind UNFINISHED
            queue(1)                | active + waiting user | enqueue max 1 behind UNFINISHED
            queue(1)                | waiting user + event  | enqueue max 1 behind UNFINISHED
            queue(1)                | active + queued       | refuse QUEUE_FULL: Queue is full
            queue(1)                | waiting + queued      | refuse QUEUE_FULL: Queue is full
            queue(1)                | paused + queued       | refuse QUEUE_FULL: Queue is full
            queue(1)                | 2 active + 2 queued   | refuse QUEUE_FULL: Queue is full

            queue(2, ttl)           | idle                  | start
            queue(2, ttl)           | 1 active              | enqueue max 2 behind UNFINISHED for 500 ms
            queue(2, ttl)           | 2 active              | enqueue max 2 behind UNFINISHED for 500 ms
            queue(2, ttl)           | waiting user          | enqueue max 2 behind UNFINISHED for 500 ms
            queue(2, ttl)           | waiting event         | enqueue max 2 behind UNFINISHED for 500 ms
            queue(2, ttl)           | paused                | enqueue max 2 behind UNFINISHED for 500 ms
            queue(2, ttl)           | active + waiting user | enqueue max 2 behind UNFINISHED for 500 ms
            queue(2, ttl)           | waiting user + event  | enqueue max 2 behind UNFINISHED for 500 ms
            queue(2, ttl)           | active + queued       | enqueue max 2 behind UNFINISHED for 500 ms
            queue(2, ttl)           | waiting + queued      | enqueue max 2 behind UNFINISHED for 500 ms
            queue(2, ttl)           | paused + queued       | enqueue max 2 behind UNFINISHED for 500 ms
            queue(2, ttl)           | 2 active + 2 queued   | refuse QUEUE_FULL: Queue is full

            queue(1, behind active) | idle                  | start
            queue(1, behind active) | 1 active              | enqueue max 1 behind ACTIVE
            queue(1, behind active) | 2 active              | enqueue max 1 behind ACTIVE
            queue(1, behind active) | waiting user          | interrupt and start
            queue(1, behind active) | waiting event         | interrupt and start
            queue(1, behind active) | paused                | interrupt and start
            queue(1, behind active) | active + waiting user | enqueue max 1 behind ACTIVE
            queue(1, behind active) | waiting user + event  | interrupt and start
            queue(1, behind active) | active + queued       | refuse QUEUE_FULL: Queue is full
            queue(1, behind active) | waiting + queued      | refuse QUEUE_FULL: Queue is full
            queue(1, behind active) | paused + queued       | refuse QUEUE_FULL: Queue is full
            queue(1, behind active) | 2 active + 2 queued   | refuse QUEUE_FULL: Queue is full

            rollback                | idle                  | start
            rollback                | 1 active              | roll back and start
            rollback                | 2 active              | roll back and start
            rollback                | waiting user          | roll back and start
            rollback                | waiting event         | roll back and start
            rollback                | paused                | roll back and start
            rollback                | active + waiting user | roll back and start
            rollback                | waiting user + event  | roll back and start
            rollback                | active + queued       | roll back and start
            rollback                | waiting + queued      | roll back and start
            rollback                | paused + queued       | roll back and start
            rollback                | 2 active + 2 queued   | roll back and start

            rules, first matches    | idle                  | start
            rules, first matches    | 1 active              | interrupt and start
            rules, first matches    | 2 active              | interrupt and start
            rules, first matches    | waiting user          | interrupt and start
            rules, first matches    | waiting event         | interrupt and start
            rules, first matches    | paused                | interrupt and start
            rules, first matches    | active + waiting user | interrupt and start
            rules, first matches    | waiting user + event  | interrupt and start
            rules, first matches    | active + queued       | interrupt and start
            rules, first matches    | waiting + queued      | interrupt and start
            rules, first matches    | paused + queued       | interrupt and start
            rules, first matches    | 2 active + 2 queued   | interrupt and start

            rules, second matches   | idle                  | start
            rules, second matches   | 1 active              | refuse BUSY: Thread is busy
            rules, second matches   | 2 active              | refuse BUSY: Thread is busy
            rules, second matches   | waiting user          | refuse BUSY: Thread is busy
            rules, second matches   | waiting event         | refuse BUSY: Thread is busy
            rules, second matches   | paused                | refuse BUSY: Thread is busy
            rules, second matches   | active + waiting user | refuse BUSY: Thread is busy
            rules, second matches   | waiting user + event  | refuse BUSY: Thread is busy
            rules, second matches   | active + queued       | refuse BUSY: Thread is busy
            rules, second matches   | waiting + queued      | refuse BUSY: Thread is busy
            rules, second matches   | paused + queued       | refuse BUSY: Thread is busy
            rules, second matches   | 2 active + 2 queued   | refuse BUSY: Thread is busy

            rules, one is broken    | idle                  | start
            rules, one is broken    | 1 active              | refuse BUSY: Thread is busy
            rules, one is broken    | 2 active              | refuse BUSY: Thread is busy
            rules, one is broken    | waiting user          | refuse BUSY: Thread is busy
            rules, one is broken    | waiting event         | refuse BUSY: Thread is busy
            rules, one is broken    | paused                | refuse BUSY: Thread is busy
            rules, one is broken    | active + waiting user | refuse BUSY: Thread is busy
            rules, one is broken    | waiting user + event  | refuse BUSY: Thread is busy
            rules, one is broken    | active + queued       | refuse BUSY: Thread is busy
            rules, one is broken    | waiting + queued      | refuse BUSY: Thread is busy
            rules, one is broken    | paused + queued       | refuse BUSY: Thread is busy
            rules, one is broken    | 2 active + 2 queued   | refuse BUSY: Thread is busy

            rules, none matches     | idle                  | start
            rules, none matches     | 1 active              | enqueue max 1 behind UNFINISHED
            rules, none matches     | 2 active              | enqueue max 1 behind UNFINISHED
            rules, none matches     | waiting user          | enqueue max 1 behind UNFINISHED
            rules, none matches     | waiting event         | enqueue max 1 behind UNFINISHED
            rules, none matches     | paused                | enqueue max 1 behind UNFINISHED
            rules, none matches     | active + waiting user | enqueue max 1 behind UNFINISHED
            rules, none matches     | waiting user + event  | enqueue max 1 behind UNFINISHED
            rules, none matches     | active + queued       | refuse QUEUE_FULL: Queue is full
            rules, none matches     | waiting + queued      | refuse QUEUE_FULL: Queue is full
            rules, none matches     | paused + queued       | refuse QUEUE_FULL: Queue is full
            rules, none matches     | 2 active + 2 queued   | refuse QUEUE_FULL: Queue is full

            custom(merge)           | idle                  | start
            custom(merge)           | 1 active              | merge
            custom(merge)           | 2 active              | merge
            custom(merge)           | waiting user          | start beside
            custom(merge)           | waiting event         | start beside
            custom(merge)           | paused                | start beside
            custom(merge)           | active + waiting user | merge
            custom(merge)           | waiting user + event  | start beside
            custom(merge)           | active + queued       | merge
            custom(merge)           | waiting + queued      | start beside
            custom(merge)           | paused + queued       | start beside
            custom(merge)           | 2 active + 2 queued   | merge

            custom(rules)           | idle                  | start
            custom(rules)           | 1 active              | interrupt and start
            custom(rules)           | 2 active              | interrupt and start
            custom(rules)           | waiting user          | interrupt and start
            custom(rules)           | waiting event         | interrupt and start
            custom(rules)           | paused                | interrupt and start
            custom(rules)           | active + waiting user | interrupt and start
            custom(rules)           | waiting user + event  | interrupt and start
            custom(rules)           | active + queued       | interrupt and start
            custom(rules)           | waiting + queued      | interrupt and start
            custom(rules)           | paused + queued       | interrupt and start
            custom(rules)           | 2 active + 2 queued   | interrupt and start

            custom(throws)          | idle                  | refuse POLICY_FAILED: Policy failed
            custom(throws)          | 1 active              | refuse POLICY_FAILED: Policy failed
            custom(throws)          | 2 active              | refuse POLICY_FAILED: Policy failed
            custom(throws)          | waiting user          | refuse POLICY_FAILED: Policy failed
            custom(throws)          | waiting event         | refuse POLICY_FAILED: Policy failed
            custom(throws)          | paused                | refuse POLICY_FAILED: Policy failed
            custom(throws)          | active + waiting user | refuse POLICY_FAILED: Policy failed
            custom(throws)          | waiting user + event  | refuse POLICY_FAILED: Policy failed
            custom(throws)          | active + queued       | refuse POLICY_FAILED: Policy failed
            custom(throws)          | waiting + queued      | refuse POLICY_FAILED: Policy failed
            custom(throws)          | paused + queued       | refuse POLICY_FAILED: Policy failed
            custom(throws)          | 2 active + 2 queued   | refuse POLICY_FAILED: Policy failed

            custom(nothing)         | idle                  | refuse POLICY_FAILED: Policy failed
            custom(nothing)         | 1 active              | refuse POLICY_FAILED: Policy failed
            custom(nothing)         | 2 active              | refuse POLICY_FAILED: Policy failed
            custom(nothing)         | waiting user          | refuse POLICY_FAILED: Policy failed
            custom(nothing)         | waiting event         | refuse POLICY_FAILED: Policy failed
            custom(nothing)         | paused                | refuse POLICY_FAILED: Policy failed
            custom(nothing)         | active + waiting user | refuse POLICY_FAILED: Policy failed
            custom(nothing)         | waiting user + event  | refuse POLICY_FAILED: Policy failed
            custom(nothing)         | active + queued       | refuse POLICY_FAILED: Policy failed
            custom(nothing)         | waiting + queued      | refuse POLICY_FAILED: Policy failed
            custom(nothing)         | paused + queued       | refuse POLICY_FAILED: Policy failed
            custom(nothing)         | 2 active + 2 queued   | refuse POLICY_FAILED: Policy failed

            custom(custom)          | idle                  | refuse POLICY_FAILED: Policy failed
            custom(custom)          | 1 active              | refuse POLICY_FAILED: Policy failed
            custom(custom)          | 2 active              | refuse POLICY_FAILED: Policy failed
            custom(custom)          | waiting user          | refuse POLICY_FAILED: Policy failed
            custom(custom)          | waiting event         | refuse POLICY_FAILED: Policy failed
            custom(custom)          | paused                | refuse POLICY_FAILED: Policy failed
            custom(custom)          | active + waiting user | refuse POLICY_FAILED: Policy failed
            custom(custom)          | waiting user + event  | refuse POLICY_FAILED: Policy failed
            custom(custom)          | active + queued       | refuse POLICY_FAILED: Policy failed
            custom(custom)          | waiting + queued      | refuse POLICY_FAILED: Policy failed
            custom(custom)          | paused + queued       | refuse POLICY_FAILED: Policy failed
            custom(custom)          | 2 active + 2 queued   | refuse POLICY_FAILED: Policy failed
            """;

    private static final Map<String, Situation> SITUATIONS = new LinkedHashMap<>();

    private static final Map<String, Policy> POLICIES = new LinkedHashMap<>();

    static {
        //                                                active, user, event, paused, queued
        SITUATIONS.put("idle", Situation.IDLE);
        SITUATIONS.put("1 active", new Situation(1, 0, 0, 0, 0));
        SITUATIONS.put("2 active", new Situation(2, 0, 0, 0, 0));
        SITUATIONS.put("waiting user", new Situation(0, 1, 0, 0, 0));
        SITUATIONS.put("waiting event", new Situation(0, 0, 1, 0, 0));
        SITUATIONS.put("paused", new Situation(0, 0, 0, 1, 0));
        SITUATIONS.put("active + waiting user", new Situation(1, 1, 0, 0, 0));
        SITUATIONS.put("waiting user + event", new Situation(0, 1, 1, 0, 0));
        SITUATIONS.put("active + queued", new Situation(1, 0, 0, 0, 1));
        SITUATIONS.put("waiting + queued", new Situation(0, 1, 0, 0, 1));
        SITUATIONS.put("paused + queued", new Situation(0, 0, 0, 1, 1));
        SITUATIONS.put("2 active + 2 queued", new Situation(2, 0, 0, 0, 2));

        QueuePolicy queue = new QueuePolicy(1, null, Behind.UNFINISHED);
        POLICIES.put("interrupt", new InterruptPolicy(false));
        POLICIES.put("interrupt(prepend)", new InterruptPolicy(true));
        POLICIES.put("parallel(1)", new ParallelPolicy(1));
        POLICIES.put("parallel(2)", new ParallelPolicy(2));
        POLICIES.put("merge", new MergePolicy());
        POLICIES.put("reject", new RejectPolicy());
        POLICIES.put("queue(1)", queue);
        POLICIES.put("queue(2, ttl)", new QueuePolicy(2, 500L, Behind.UNFINISHED));
        POLICIES.put("queue(1, behind active)", new QueuePolicy(1, null, Behind.ACTIVE));
        POLICIES.put("rollback", new RollbackPolicy());
        POLICIES.put("rules, first matches", rules(queue, "true", InterruptPolicy.DEFAULT, "true", new RejectPolicy()));
        POLICIES.put(
                "rules, second matches", rules(queue, "false", InterruptPolicy.DEFAULT, "true", new RejectPolicy()));
        POLICIES.put(
                "rules, one is broken", rules(queue, "broken", InterruptPolicy.DEFAULT, "true", new RejectPolicy()));
        POLICIES.put(
                "rules, none matches", rules(queue, "false", InterruptPolicy.DEFAULT, "broken", new RejectPolicy()));
        POLICIES.put("custom(merge)", new CustomPolicy("merge"));
        POLICIES.put("custom(rules)", new CustomPolicy("rules"));
        POLICIES.put("custom(throws)", new CustomPolicy("throws"));
        POLICIES.put("custom(nothing)", new CustomPolicy("nothing"));
        POLICIES.put("custom(custom)", new CustomPolicy("custom"));
    }

    private static final Judges JUDGES = new Judges() {
        @Override
        public boolean holds(String condition, Input input, Situation situation) {
            return switch (condition) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new IllegalStateException("no such field");
            };
        }

        @Override
        public Policy choose(String name, Input input, Situation situation) {
            return switch (name) {
                case "merge" -> new MergePolicy();
                case "rules" -> POLICIES.get("rules, first matches");
                case "custom" -> new CustomPolicy("merge");
                case "nothing" -> null;
                default -> throw new IllegalStateException("the bean is tired");
            };
        }
    };

    private static final Input INPUT =
            new Input(new Identity("test", "i1"), Input.Type.USER_INPUT, null, Json.of("hello"));

    private record Row(String policy, String situation, String choice) {
        String name() {
            return policy + " | " + situation;
        }
    }

    @TestFactory
    Stream<DynamicTest> everyPolicyInEverySituation() {
        return rows().stream()
                .map(row -> dynamicTest(
                        row.name(),
                        () -> assertThat(words(
                                        decide(row.policy(), row.situation()).choice()))
                                .isEqualTo(row.choice())));
    }

    @Test
    void theTableCoversTheFullCrossProductOnce() {
        List<String> expected = new ArrayList<>();
        POLICIES.keySet()
                .forEach(policy -> SITUATIONS.keySet().forEach(situation -> expected.add(policy + " | " + situation)));

        assertThat(rows().stream().map(Row::name)).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void everyKindOfPolicyAndOfChoiceIsInTheTable() {
        Set<Class<?>> policies =
                POLICIES.values().stream().map(Policy::getClass).collect(Collectors.toSet());
        Set<Class<?>> choices = rows().stream()
                .map(row -> decide(row.policy(), row.situation()).choice().getClass())
                .collect(Collectors.toSet());

        assertThat(policies).containsExactlyInAnyOrder(Policy.class.getPermittedSubclasses());
        assertThat(choices).containsExactlyInAnyOrder(Choice.class.getPermittedSubclasses());
    }

    @Test
    void theVerdictNamesTheRuleThatMatchedAndThePolicyItLedTo() {
        Verdict verdict = decide("rules, second matches", "1 active");

        assertThat(verdict.rule()).isEqualTo("true");
        assertThat(verdict.policy()).isEqualTo("reject");
        assertThat(verdict.failedConditions()).isEmpty();
    }

    @Test
    void aConditionThatFailsIsRecordedWithItsError() {
        Verdict verdict = decide("rules, none matches", "1 active");

        assertThat(verdict.rule()).isEqualTo("otherwise");
        assertThat(verdict.policy()).isEqualTo("queue(max=1)");
        assertThat(verdict.failedConditions()).containsExactly("broken: no such field");
    }

    @Test
    void whatACustomPolicyThrowsIsRecordedAndNotShownToTheCaller() {
        Verdict verdict = decide("custom(throws)", "1 active");

        assertThat(verdict.policy()).isEqualTo("custom(throws)");
        assertThat(verdict.failedConditions()).containsExactly("custom(throws): the bean is tired");
    }

    @Test
    void aCustomPolicyIsNamedWithWhatItChose() {
        assertThat(decide("custom(rules)", "1 active").policy()).isEqualTo("custom(rules): interrupt");
        assertThat(decide("custom(rules)", "1 active").rule()).isEqualTo("true");
    }

    @Test
    void optionsOutOfBoundsAreRefusedByName() {
        assertThatThrownBy(() -> new ParallelPolicy(0)).hasMessageContaining("max must be at least 1, not 0");
        assertThatThrownBy(() -> new QueuePolicy(0, null, Behind.ACTIVE))
                .hasMessageContaining("max must be at least 1");
        assertThatThrownBy(() -> new QueuePolicy(1, 0L, Behind.ACTIVE)).hasMessageContaining("ttlMs must be from 1");
        assertThatThrownBy(() -> new QueuePolicy(1, QueuePolicy.MAX_TTL_MS + 1, Behind.ACTIVE))
                .hasMessageContaining("ttlMs must be from 1");
        assertThatThrownBy(() -> new CustomPolicy(" ")).hasMessageContaining("blank");
        assertThatThrownBy(() -> new RulesPolicy(List.of(), new CustomPolicy("x")))
                .hasMessageContaining("custom(x)");
        assertThatThrownBy(() -> new RulesPolicy.Rule("true", new RulesPolicy(List.of(), new MergePolicy())))
                .hasMessageContaining("plain policy");
    }

    @Test
    void wordsSayTheOptionsThatAreNotTheDefault() {
        assertThat(Stream.of(
                                new InterruptPolicy(true),
                                new ParallelPolicy(2),
                                new QueuePolicy(3, 500L, Behind.ACTIVE),
                                QueuePolicy.DEFAULT)
                        .map(Policy::words))
                .containsExactly(
                        "interrupt(prependSuperseded)",
                        "parallel(max=2)",
                        "queue(max=3, ttlMs=500, behind=active)",
                        "queue(max=100)");
    }

    @Test
    void aSituationIsToldInCountsByState() {
        assertThat(new Situation(1, 2, 3, 4, 5).words())
                .isEqualTo("1 active, 2 waiting for a user, 3 waiting for an event, 4 paused, 5 queued");
        assertThat(Situation.IDLE.words()).isEqualTo("idle");
    }

    private static Verdict decide(String policy, String situation) {
        return POLICIES.get(policy).decide(new Question(INPUT, SITUATIONS.get(situation), JUDGES));
    }

    private static RulesPolicy rules(Policy otherwise, String first, Policy then, String second, Policy thenSecond) {
        return new RulesPolicy(
                List.of(new RulesPolicy.Rule(first, then), new RulesPolicy.Rule(second, thenSecond)), otherwise);
    }

    private static List<Row> rows() {
        return TABLE.lines()
                .filter(line -> !line.isBlank())
                .map(line -> Arrays.stream(line.split("\\|")).map(String::strip).toList())
                .map(cells -> new Row(cells.get(0), cells.get(1), cells.get(2)))
                .toList();
    }

    private static String words(Choice choice) {
        return switch (choice) {
            case Choice.Start ignored -> "start";
            case Choice.InterruptAndStart interrupt ->
                "interrupt and start" + (interrupt.prependSuperseded() ? ", prepending" : "");
            case Choice.StartBeside ignored -> "start beside";
            case Choice.Merge ignored -> "merge";
            case Choice.Enqueue enqueue ->
                "enqueue max " + enqueue.max() + " behind " + enqueue.behind()
                        + (enqueue.ttlMs() == null ? "" : " for " + enqueue.ttlMs() + " ms");
            case Choice.RollBackAndStart ignored -> "roll back and start";
            case Choice.Refuse refuse -> "refuse " + refuse.reason() + ": " + refuse.message();
        };
    }
}
