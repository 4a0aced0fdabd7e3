package dev.threadwright.workflow;

import java.util.ArrayList;
import java.util.List;

/** How a write combines with what the channel already holds. */
public enum Reducer {
    LAST_WRITE_WINS {
        @Override
        Json reduce(Json current, Json incoming) {
            return incoming;
        }
    },
    /** A list that grows: null counts as empty, a scalar or object is appended as one item, a list item by item. */
    APPEND {
        @Override
        Json reduce(Json current, Json incoming) {
            List<Json> items = new ArrayList<>(asList(current));
            items.addAll(asList(incoming));
            return Json.array(items);
        }

        private static List<Json> asList(Json value) {
            return switch (value) {
                case Json.Null ignored -> List.of();
                case Json.Arr arr -> arr.items();
                case Json.Bool ignored -> List.of(value);
                case Json.Num ignored -> List.of(value);
                case Json.Text ignored -> List.of(value);
                case Json.Obj ignored -> List.of(value);
            };
        }
    };

    abstract Json reduce(Json current, Json incoming);
}
