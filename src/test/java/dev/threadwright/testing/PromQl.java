package dev.threadwright.testing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** As much of Prometheus' language as tells what a query is about. What it does not know it does not let pass. */
public record PromQl(List<Selector> selectors, Set<String> groupedBy) {

    private static final Pattern TOKEN = Pattern.compile("\\s+"
            + "|(?<text>\"(?:[^\"\\\\]|\\\\.)*\")"
            + "|(?<range>\\[[^\\]]+])"
            + "|(?<number>\\d+(?:\\.\\d+)?)"
            + "|(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)"
            + "|(?<sign>=~|!~|!=|==|>=|<=|[-+*/%(){},=<>])");

    private static final Pattern RANGE = Pattern.compile("\\[(\\d+[smhd]|\\$__rate_interval)]");

    private static final Set<String> FUNCTIONS = Set.of(
            "sum",
            "max",
            "min",
            "avg",
            "count",
            "rate",
            "increase",
            "deriv",
            "absent",
            "histogram_quantile",
            "label_values");
    private static final Set<String> GROUPING = Set.of("by", "without", "on", "ignoring");
    private static final Set<String> OPERATORS = Set.of("and", "or", "unless");

    /** @param matchers what a label's value has to be, by the label */
    public record Selector(String metric, Map<String, Predicate<String>> matchers) {}

    public Set<String> metrics() {
        return selectors.stream().map(Selector::metric).collect(Collectors.toSet());
    }

    private record Token(String kind, String text) {}

    public static PromQl of(String query) {
        return new Parser(tokens(query), query).parse();
    }

    private static ArrayDeque<Token> tokens(String query) {
        ArrayDeque<Token> tokens = new ArrayDeque<>();
        Matcher matcher = TOKEN.matcher(query);
        int at = 0;
        while (at < query.length()) {
            if (!matcher.find(at) || matcher.start() != at) {
                throw new AssertionError("Unknown at " + at + ": " + query);
            }
            at = matcher.end();
            for (String kind : List.of("text", "range", "number", "name", "sign")) {
                if (matcher.group(kind) != null) {
                    tokens.add(new Token(kind, matcher.group(kind)));
                }
            }
        }
        return tokens;
    }

    private static final class Parser {
        private final ArrayDeque<Token> tokens;
        private final String query;
        private final List<Selector> selectors = new ArrayList<>();
        private final Set<String> groupedBy = new HashSet<>();

        Parser(ArrayDeque<Token> tokens, String query) {
            this.tokens = tokens;
            this.query = query;
        }

        PromQl parse() {
            int depth = 0;
            boolean isLabelValues = false;
            while (!tokens.isEmpty()) {
                Token token = tokens.remove();
                if (token.kind().equals("name")) {
                    isLabelValues |= token.text().equals("label_values");
                    name(token.text());
                } else if (token.kind().equals("range")) {
                    require(RANGE.matcher(token.text()).matches(), "no range: " + token.text());
                } else if (token.text().equals("(")) {
                    depth++;
                } else if (token.text().equals(")")) {
                    depth--;
                    require(depth >= 0, "a bracket too many");
                } else if (token.text().equals(",") && isLabelValues) {
                    groupedBy.add(tokens.remove().text());
                } else {
                    require(!token.text().equals("{"), "labels of nothing");
                }
            }
            require(depth == 0, "a bracket is open");
            return new PromQl(selectors, groupedBy);
        }

        private void name(String name) {
            if (GROUPING.contains(name)) {
                require(tokens.remove().text().equals("("), "no labels after " + name);
                for (Token next = tokens.remove(); !next.text().equals(")"); next = tokens.remove()) {
                    if (next.kind().equals("name")) {
                        groupedBy.add(next.text());
                    }
                }
            } else if (FUNCTIONS.contains(name)) {
                Token next = tokens.peek();
                require(
                        next != null && (next.text().equals("(") || GROUPING.contains(next.text())),
                        name + " of nothing");
            } else if (!OPERATORS.contains(name)) {
                selectors.add(new Selector(name, matchers()));
            }
        }

        private Map<String, Predicate<String>> matchers() {
            Map<String, Predicate<String>> matchers = new LinkedHashMap<>();
            if (tokens.isEmpty() || !tokens.peek().text().equals("{")) {
                return matchers;
            }
            tokens.remove();
            for (Token label = tokens.remove(); !label.text().equals("}"); label = tokens.remove()) {
                if (label.text().equals(",")) {
                    continue;
                }
                String sign = tokens.remove().text();
                String text = tokens.remove().text();
                String value = text.substring(1, text.length() - 1);
                matchers.put(
                        label.text(),
                        switch (sign) {
                            case "=" -> value::equals;
                            case "=~" -> Pattern.compile(value).asMatchPredicate();
                            default -> throw new AssertionError("Unknown " + sign + ": " + query);
                        });
            }
            return matchers;
        }

        private void require(boolean condition, String otherwise) {
            if (!condition) {
                throw new AssertionError(otherwise + ": " + query);
            }
        }
    }
}
