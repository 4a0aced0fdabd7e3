package dev.threadwright.query;

import dev.threadwright.workflow.Json;

/** Whether one JSON value holds another, as Postgres has it of {@code jsonb}: {@code whole @> part}. */
public final class Containment {

    private Containment() {}

    public static boolean contains(Json whole, Json part) {
        return switch (part) {
            case Json.Obj object ->
                whole instanceof Json.Obj all
                        && object.fields().entrySet().stream().allMatch(field -> {
                            Json value = all.get(field.getKey());
                            return value != null && contains(value, field.getValue());
                        });
            case Json.Arr items ->
                whole instanceof Json.Arr all
                        && items.items().stream()
                                .allMatch(item -> all.items().stream().anyMatch(one -> contains(one, item)));
            case Json.Num number ->
                whole instanceof Json.Num other && number.value().compareTo(other.value()) == 0;
            case Json.Text text -> text.equals(whole);
            case Json.Bool bool -> bool.equals(whole);
            case Json.Null ignored -> whole instanceof Json.Null;
        };
    }
}
