package dev.threadwright.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.json.JsonText;
import dev.threadwright.spi.DecisionPolicy;
import dev.threadwright.thread.Event.Rejection;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.Input;
import dev.threadwright.thread.policy.Choice;
import dev.threadwright.thread.policy.MergePolicy;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.PolicyForm;
import dev.threadwright.thread.policy.Question;
import dev.threadwright.thread.policy.RejectPolicy;
import dev.threadwright.thread.policy.Situation;
import dev.threadwright.thread.policy.Verdict;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PolicyJudgesTest {

    private static final Situation BUSY = new Situation(1, 0, 0, 0, 0);

    private static final Map<String, DecisionPolicy> DEPLOYED = Map.of(
            "polite", (input, situation) -> situation.active() > 0 ? new RejectPolicy() : new MergePolicy(),
            "broken",
                    (input, situation) -> {
                        throw new IllegalStateException("no rota for today");
                    },
            "absent-minded", (input, situation) -> null);

    private final CelConditions conditions = new CelConditions();
    private final PolicyJudges judges = new PolicyJudges(conditions, DEPLOYED::get);

    /** Scenario 17. */
    @Test
    void rulesDecideByTheInput() {
        String rules = """
                {"type":"rules","rules":[{"when":"data.urgent == true","then":"interrupt"}],"otherwise":"queue"}""";

        Verdict urgent = decide(rules, "{\"urgent\":true}");
        Verdict calm = decide(rules, "{\"urgent\":false}");

        assertThat(urgent.choice()).isInstanceOf(Choice.InterruptAndStart.class);
        assertThat(urgent.rule()).isEqualTo("data.urgent == true");
        assertThat(urgent.failedConditions()).isEmpty();
        assertThat(calm.choice()).isInstanceOf(Choice.Enqueue.class);
        assertThat(calm.rule()).isEqualTo("otherwise");
    }

    @Test
    void aConditionThatFailsDoesNotMatchAndIsRecorded() {
        Verdict verdict = decide("""
                {"type":"rules","rules":[
                  {"when":"data.urgent == true","then":"interrupt"},
                  {"when":"processing","then":"merge"}],"otherwise":"queue"}""", "{}");

        assertThat(verdict.choice()).isInstanceOf(Choice.Merge.class);
        assertThat(verdict.rule()).isEqualTo("processing");
        assertThat(verdict.failedConditions())
                .singleElement()
                .asString()
                .startsWith("data.urgent == true: ")
                .contains("key 'urgent' is not present in map");
    }

    @Test
    void asksTheDeployedPolicyOfThatName() {
        assertThat(decide("{\"type\":\"custom\",\"name\":\"polite\"}", "{}").choice())
                .isEqualTo(new Choice.Refuse(Rejection.BUSY, "Thread is busy"));
    }

    @Test
    void aCustomPolicyThatFailsRejectsAndIsRecorded() {
        assertThat(failure("broken")).endsWith("no rota for today");
        assertThat(failure("unheard-of"))
                .endsWith("there is no DecisionPolicy bean with @Named or @Identifier \"unheard-of\"");
        assertThat(failure("absent-minded")).endsWith("it chose null; it must choose a policy");
    }

    @Test
    void theCheckRefusesConditionsThatDoNotCompile() {
        PolicyCheck check = new PolicyCheck(conditions);

        assertThatThrownBy(() -> check.validate(parse("""
                {"type":"rules","rules":[{"when":"processing","then":"merge"},{"when":"urgent","then":"interrupt"}],
                 "otherwise":"queue"}""")))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("policy.rules[1].when: line 1, column 1: undeclared reference to 'urgent'");
        assertThatCode(() -> check.validate(parse("\"queue\""))).doesNotThrowAnyException();
    }

    private String failure(String name) {
        Verdict verdict = decide("{\"type\":\"custom\",\"name\":\"" + name + "\"}", "{}");
        assertThat(verdict.choice()).isEqualTo(new Choice.Refuse(Rejection.POLICY_FAILED, "Policy failed"));
        return verdict.failedConditions().getFirst();
    }

    private Verdict decide(String policy, String data) {
        Input input = new Input(new Identity("/test", "i1"), Input.Type.USER_INPUT, null, JsonText.parse(data));
        return parse(policy).decide(new Question(input, BUSY, judges));
    }

    private static Policy parse(String policy) {
        return PolicyForm.parse(JsonText.parse(policy));
    }
}
