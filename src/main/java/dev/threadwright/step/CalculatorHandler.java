package dev.threadwright.step;

import dev.threadwright.workflow.Json;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.math.MathContext;
import org.jspecify.annotations.Nullable;

/** A tool for the examples: {@code {"op": "add", "left": 1, "right": 2}} gives {@code {"value": 3}}. */
@ApplicationScoped
public class CalculatorHandler implements BlockingStepHandler {

    @Override
    public String name() {
        return "calculator";
    }

    @Override
    public Json handle(StepContext context) {
        if (!(context.input() instanceof Json.Obj input) || !(input.get("op") instanceof Json.Text op)) {
            throw new StepRefusedException("calculator needs op, left and right");
        }
        BigDecimal left = number(input.get("left"), "left");
        BigDecimal right = number(input.get("right"), "right");
        return Json.object("value", new Json.Num(compute(op.value(), left, right)));
    }

    private static BigDecimal compute(String op, BigDecimal left, BigDecimal right) {
        return switch (op) {
            case "add" -> left.add(right, MathContext.DECIMAL128);
            case "subtract" -> left.subtract(right, MathContext.DECIMAL128);
            case "multiply" -> left.multiply(right, MathContext.DECIMAL128);
            case "divide" -> {
                if (right.signum() == 0) {
                    throw new StepRefusedException("calculator cannot divide by 0");
                }
                yield left.divide(right, MathContext.DECIMAL128);
            }
            default -> throw new StepRefusedException("calculator knows no \"" + op + "\"");
        };
    }

    private static BigDecimal number(@Nullable Json value, String name) {
        if (value instanceof Json.Num number) {
            return number.value();
        }
        throw new StepRefusedException("calculator needs a number as " + name);
    }
}
