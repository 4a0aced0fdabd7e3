package dev.threadwright.step;

import dev.threadwright.workflow.Json;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.Map;

/** A tool for the examples: the orders of a shop that there is not. {@code {"number": "A-17"}} gives what was ordered. */
@ApplicationScoped
public class FindOrderHandler implements BlockingStepHandler {

    private static final Map<String, Json> ORDERS =
            Map.of("A-17", order("A-17", "bolts", 1_200), "A-18", order("A-18", "nuts", 300));

    @Override
    public String name() {
        return "find_order";
    }

    @Override
    public Json handle(StepContext context) {
        if (!(context.input() instanceof Json.Obj input) || !(input.get("number") instanceof Json.Text number)) {
            throw new StepRefusedException("find_order needs a text number");
        }
        Json found = ORDERS.get(number.value());
        if (found == null) {
            throw new StepRefusedException("There is no order " + number.value());
        }
        return found;
    }

    private static Json order(String number, String item, long cents) {
        Map<String, Json> order = new LinkedHashMap<>();
        order.put("number", Json.of(number));
        order.put("item", Json.of(item));
        order.put("cents", Json.of(cents));
        return Json.object(order);
    }
}
