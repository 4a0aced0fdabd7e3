package dev.threadwright.step;

import dev.threadwright.workflow.Json;
import jakarta.enterprise.context.ApplicationScoped;

/** A tool for the examples that an approval is asked for: {@code {"number", "cents"}}; no money is moved. */
@ApplicationScoped
public class RefundHandler implements BlockingStepHandler {

    @Override
    public String name() {
        return "refund";
    }

    @Override
    public Json handle(StepContext context) {
        if (!(context.input() instanceof Json.Obj input)
                || !(input.get("number") instanceof Json.Text)
                || !(input.get("cents") instanceof Json.Num cents)) {
            throw new StepRefusedException("refund needs a text number and a number of cents");
        }
        return Json.object("refunded_cents", cents);
    }
}
