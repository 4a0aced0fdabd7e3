package dev.threadwright.store;

import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which values: {@code {"colour": "red", "size": {"$gte": 2}, "box": {"lid": true}}}. A field has to equal what is given;
 * fields of an object within are given as an object; words with a dollar compare.
 *
 * <p>What there is not equals null, and compares with nothing. Texts compare by their code points.
 */
public final class ItemFilter {

    public static final int MAX_CONDITIONS = 100;

    public static final List<String> OPERATORS = List.of("$eq", "$ne", "$gt", "$gte", "$lt", "$lte");

    private final StringBuilder sql = new StringBuilder();
    private final List<@Nullable Object> parameters = new ArrayList<>();
    private int conditions;

    private ItemFilter() {}

    /** @throws IllegalArgumentException naming what in it is no condition */
    public static ItemFilter of(Json.Obj filter) {
        ItemFilter compiled = new ItemFilter();
        filter.fields().forEach((name, wanted) -> compiled.add(List.of(name), wanted));
        return compiled;
    }

    /** Conditions on the column {@code value}, each with an {@code and} before it. */
    String sql() {
        return sql.toString();
    }

    List<@Nullable Object> parameters() {
        return parameters;
    }

    private void add(List<String> path, Json wanted) {
        if (!(wanted instanceof Json.Obj object) || object.fields().isEmpty()) {
            compare(path, "$eq", wanted);
            return;
        }
        boolean isComparison = object.fields().keySet().stream().anyMatch(name -> name.startsWith("$"));
        if (!isComparison) {
            // A number would otherwise be a place in a list.
            condition(" and jsonb_typeof(value #> ?) = 'object'", path);
        }
        for (Map.Entry<String, Json> field : object.fields().entrySet()) {
            if (isComparison) {
                compare(path, field.getKey(), field.getValue());
            } else {
                List<String> inner = new ArrayList<>(path);
                inner.add(field.getKey());
                add(inner, field.getValue());
            }
        }
    }

    private void compare(List<String> path, String operator, Json operand) {
        switch (operator) {
            case "$eq" -> equal(path, "=", operand);
            case "$ne" -> equal(path, "<>", operand);
            case "$gt" -> order(path, ">", operator, operand);
            case "$gte" -> order(path, ">=", operator, operand);
            case "$lt" -> order(path, "<", operator, operand);
            case "$lte" -> order(path, "<=", operator, operand);
            default ->
                throw new IllegalArgumentException("has the unknown operator " + operator + " at "
                        + String.join(".", path) + "; there are " + String.join(", ", OPERATORS));
        }
    }

    private void equal(List<String> path, String sign, Json operand) {
        condition(" and coalesce(value #> ?, 'null') " + sign + " ?::jsonb", path);
        parameters.add(JsonText.write(operand));
    }

    private void order(List<String> path, String sign, String operator, Json operand) {
        switch (operand) {
            case Json.Num number -> {
                condition(" and case when jsonb_typeof(value #> ?) = 'number' then", path);
                parameters.add(path.toArray(String[]::new));
                sql.append(" (value #> ?) ").append(sign).append(" ?::jsonb else false end");
                parameters.add(JsonText.write(number));
            }
            case Json.Text text -> {
                condition(" and case when jsonb_typeof(value #> ?) = 'string' then", path);
                parameters.add(path.toArray(String[]::new));
                sql.append(" (value #>> ?) collate \"C\" ").append(sign).append(" ? else false end");
                parameters.add(text.value());
            }
            default ->
                throw new IllegalArgumentException("compares " + String.join(".", path) + " by " + operator
                        + " with what is no number and no text");
        }
    }

    private void condition(String text, List<String> path) {
        if (++conditions > MAX_CONDITIONS) {
            throw new IllegalArgumentException("has more than " + MAX_CONDITIONS + " conditions");
        }
        sql.append(text);
        parameters.add(path.toArray(String[]::new));
    }
}
