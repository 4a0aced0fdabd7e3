package dev.threadwright.thread.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.json.JsonText;
import dev.threadwright.thread.Event.Behind;
import dev.threadwright.thread.policy.RulesPolicy.Rule;
import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyFormTest {

    /** The shortest form on the left; what it is, by its words, on the right. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "interrupt"                                       | interrupt
            {"type":"interrupt","prependSuperseded":true}     | interrupt(prependSuperseded)
            "parallel"                                        | parallel(max=4)
            {"type":"parallel","max":2}                       | parallel(max=2)
            {"type":"parallel","max":2147483647}              | parallel(max=2147483647)
            "merge"                                           | merge
            "reject"                                          | reject
            "rollback"                                        | rollback
            "queue"                                           | queue(max=100)
            {"type":"queue","max":5,"ttlMs":60000,"behind":"active"} | queue(max=5, ttlMs=60000, behind=active)
            {"type":"queue","behind":"active"}                | queue(max=100, behind=active)
            {"type":"queue","ttlMs":315619200000}             | queue(max=100, ttlMs=315619200000)
            {"type":"custom","name":"night-shift"}            | custom(night-shift)
            {"type":"rules","rules":[],"otherwise":"queue"}   | rules
            {"type":"rules","rules":[{"when":"data.urgent == true","then":"interrupt"}],"otherwise":"queue"} | rules
            """)
    void readsAndWritesTheShortestForm(String form, String words) {
        Policy policy = PolicyForm.parse(JsonText.parse(form));

        assertThat(policy.words()).isEqualTo(words);
        assertThat(JsonText.write(PolicyForm.toJson(policy))).isEqualTo(form);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"interrupt\"}",
                "{\"type\":\"interrupt\",\"prependSuperseded\":false}",
                "{\"type\":\"parallel\",\"max\":4}",
                "{\"type\":\"parallel\",\"max\":4.0}",
                "{\"type\":\"merge\"}",
                "{\"type\":\"reject\"}",
                "{\"type\":\"rollback\"}",
                "{\"max\":100,\"type\":\"queue\",\"behind\":\"unfinished\"}"
            })
    void longerFormsOfTheDefaultsAreTheDefaults(String form) {
        assertThat(PolicyForm.toJson(PolicyForm.parse(JsonText.parse(form)))).isInstanceOf(Json.Text.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "panic"                               | policy: unknown policy "panic"; interrupt, parallel, merge, reject, queue, rollback, rules and custom are the policies
            "Interrupt"                           | policy: unknown policy "Interrupt"
            ""                                    | policy: unknown policy ""
            7                                     | policy: must be a policy's name or an object with its type, not a number
            null                                  | policy: must be a policy's name or an object with its type, not null
            ["queue"]                             | policy: must be a policy's name or an object with its type, not a list
            {}                                    | policy.type: is missing; interrupt, parallel
            {"type":3}                            | policy.type: must be a string, not a number
            {"type":"reject","max":1}             | policy.max: unknown field of "reject"
            {"type":"queue","ttl":1}              | policy.ttl: unknown field of "queue"
            {"type":"interrupt","prependSuperseded":"yes"} | policy.prependSuperseded: must be true or false, not a string
            {"type":"parallel","max":0}           | policy.max: must be from 1 to 2147483647, not "0"
            {"type":"parallel","max":-3}          | policy.max: must be from 1 to 2147483647, not "-3"
            {"type":"parallel","max":2147483648}  | policy.max: must be from 1 to 2147483647, not "2147483648"
            {"type":"parallel","max":1.5}         | policy.max: must be a whole number, not "1.5"
            {"type":"parallel","max":1e999}       | policy.max: must be from 1 to 2147483647, not "1E+999"
            {"type":"parallel","max":"2"}         | policy.max: must be a number, not a string
            {"type":"parallel","max":null}        | policy.max: must be a number, not null
            {"type":"queue","ttlMs":0}            | policy.ttlMs: must be from 1 to 315619200000, not "0"
            {"type":"queue","ttlMs":315619200001} | policy.ttlMs: must be from 1 to 315619200000, not "315619200001"
            {"type":"queue","behind":"all"}       | policy.behind: must be unfinished, open or active, not "all"
            {"type":"queue","behind":true}        | policy.behind: must be a string, not a boolean
            "custom"                              | policy.name: is missing
            {"type":"custom","name":" "}          | policy.name: is blank
            "rules"                               | policy.rules: is missing
            {"type":"rules","rules":[]}           | policy.otherwise: is missing
            {"type":"rules","rules":{},"otherwise":"queue"} | policy.rules: must be a list of rules
            {"type":"rules","rules":["queue"],"otherwise":"queue"} | policy.rules[0]: must be an object
            {"type":"rules","rules":[{"when":"true"}],"otherwise":"queue"} | policy.rules[0].then: is missing
            {"type":"rules","rules":[{"then":"queue"}],"otherwise":"queue"} | policy.rules[0].when: is missing
            {"type":"rules","rules":[{"when":"","then":"queue"}],"otherwise":"queue"} | policy.rules[0].when: is blank
            {"type":"rules","rules":[{"when":true,"then":"queue"}],"otherwise":"queue"} | policy.rules[0].when: must be a string, not a boolean
            {"type":"rules","rules":[{"when":"true","then":"queue","else":1}],"otherwise":"queue"} | policy.rules[0].else: unknown field of "rule"
            {"type":"rules","rules":[{"when":"true","then":"queue"},{"when":"true","then":{"type":"parallel","max":0}}],"otherwise":"queue"} | policy.rules[1].then.max: must be from 1
            {"type":"rules","rules":[{"when":"true","then":{"type":"custom","name":"x"}}],"otherwise":"queue"} | policy.rules[0].then: a rule leads to a plain policy, not to custom
            {"type":"rules","rules":[],"otherwise":{"type":"rules","rules":[],"otherwise":"queue"}} | policy.otherwise: a rule leads to a plain policy, not to rules
            """)
    void refusesAndSaysWhatAndWhere(String form, String message) {
        assertThatThrownBy(() -> PolicyForm.parse(JsonText.parse(form)))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void takesAsManyRulesAsTheLimitAndNotOneMore() {
        assertThat(PolicyForm.parse(JsonText.parse(rules(RulesPolicy.MAX_RULES))))
                .isInstanceOfSatisfying(
                        RulesPolicy.class, policy -> assertThat(policy.rules()).hasSize(RulesPolicy.MAX_RULES));
        assertThatThrownBy(() -> PolicyForm.parse(JsonText.parse(rules(RulesPolicy.MAX_RULES + 1))))
                .hasMessage("policy.rules: at most 50 rules, not 51");
    }

    @Test
    void anErrorRepeatsOnlyTheBeginningOfALongValue() {
        assertThatThrownBy(() -> PolicyForm.parse(Json.of("x".repeat(100_000))))
                .message()
                .hasSizeLessThan(300);
    }

    @Test
    void everyPolicyComesBackEqual() {
        for (long seed = 0; seed < 2_000; seed++) {
            RandomGenerator random =
                    RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
            Policy policy = policy(random);

            String form = JsonText.write(PolicyForm.toJson(policy));

            assertThat(PolicyForm.parse(JsonText.parse(form)))
                    .as("seed %d: %s", seed, form)
                    .isEqualTo(policy);
        }
    }

    private static String rules(int count) {
        return "{\"type\":\"rules\",\"otherwise\":\"queue\",\"rules\":["
                + String.join(",", Collections.nCopies(count, "{\"when\":\"true\",\"then\":\"merge\"}")) + "]}";
    }

    private static Policy policy(RandomGenerator random) {
        return switch (random.nextInt(3)) {
            case 0 -> new CustomPolicy("policy-" + random.nextInt(100));
            case 1 -> {
                List<Rule> rules = new ArrayList<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    rules.add(new Rule("active > " + random.nextInt(9) + " && data.x == \"\u00e9\\n\"", plain(random)));
                }
                yield new RulesPolicy(rules, plain(random));
            }
            default -> plain(random);
        };
    }

    private static Policy plain(RandomGenerator random) {
        return switch (random.nextInt(6)) {
            case 0 -> new InterruptPolicy(random.nextBoolean());
            case 1 -> new ParallelPolicy(random.nextInt(1, 7));
            case 2 -> new MergePolicy();
            case 3 -> new RejectPolicy();
            case 4 -> new RollbackPolicy();
            default ->
                new QueuePolicy(
                        random.nextBoolean() ? 100 : random.nextInt(1, Integer.MAX_VALUE),
                        random.nextBoolean() ? null : random.nextLong(1, QueuePolicy.MAX_TTL_MS + 1),
                        random.nextBoolean() ? Behind.ACTIVE : Behind.UNFINISHED);
        };
    }
}
