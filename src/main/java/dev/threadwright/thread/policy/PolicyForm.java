package dev.threadwright.thread.policy;

import dev.threadwright.thread.Event.Behind;
import dev.threadwright.thread.policy.RulesPolicy.Rule;
import dev.threadwright.workflow.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Policies as JSON: a name ({@code "interrupt"}) where the defaults do, else an object whose {@code type} is that name
 * ({@code {"type":"parallel","max":2}}). Strict: what it does not know it refuses, naming where, because a policy that
 * is silently half understood does the wrong thing to somebody's work.
 */
public final class PolicyForm {

    private static final String TYPES =
            "interrupt, parallel, merge, reject, queue, rollback, rules and custom are the policies";

    /** How much of a wrong value an error repeats. */
    private static final int MAX_QUOTED = 40;

    private PolicyForm() {}

    /** The shortest form that {@link #parse} reads back as an equal policy. */
    public static Json toJson(Policy policy) {
        return switch (policy) {
            case InterruptPolicy interrupt ->
                form("interrupt", interrupt.prependSuperseded() ? Map.of("prependSuperseded", Json.TRUE) : Map.of());
            case ParallelPolicy parallel ->
                form(
                        "parallel",
                        parallel.equals(ParallelPolicy.DEFAULT) ? Map.of() : Map.of("max", Json.of(parallel.max())));
            case MergePolicy ignored -> form("merge", Map.of());
            case RejectPolicy ignored -> form("reject", Map.of());
            case RollbackPolicy ignored -> form("rollback", Map.of());
            case QueuePolicy queue -> form("queue", options(queue));
            case RulesPolicy rules -> form("rules", options(rules));
            case CustomPolicy custom -> form("custom", Map.of("name", Json.of(custom.name())));
        };
    }

    /** @throws IllegalArgumentException naming what is wrong and where, as a path that begins with {@code policy} */
    public static Policy parse(Json json) {
        return parse(json, "policy");
    }

    private static Policy parse(Json json, String path) {
        Form form = Form.of(json, path);
        Policy policy = switch (form.type) {
            case "interrupt" ->
                new InterruptPolicy(form.flag("prependSuperseded", InterruptPolicy.DEFAULT.prependSuperseded()));
            case "parallel" -> new ParallelPolicy(form.count("max", ParallelPolicy.DEFAULT.max()));
            case "merge" -> new MergePolicy();
            case "reject" -> new RejectPolicy();
            case "rollback" -> new RollbackPolicy();
            case "queue" ->
                new QueuePolicy(
                        form.count("max", QueuePolicy.DEFAULT.max()),
                        form.number("ttlMs", QueuePolicy.MAX_TTL_MS),
                        behind(form));
            case "rules" -> rules(form);
            case "custom" -> new CustomPolicy(form.words("name"));
            default -> throw form.wrong("", "unknown policy " + quoted(form.type) + "; " + TYPES);
        };
        form.requireNothingElse();
        return policy;
    }

    private static Behind behind(Form form) {
        Json json = form.take("behind");
        if (json == null) {
            return QueuePolicy.DEFAULT.behind();
        }
        String word = form.text(json, "behind");
        for (Behind behind : Behind.values()) {
            if (word(behind).equals(word)) {
                return behind;
            }
        }
        throw form.wrong("behind", "must be unfinished, open or active, not " + quoted(word));
    }

    private static RulesPolicy rules(Form form) {
        if (!(form.required("rules") instanceof Json.Arr array)) {
            throw form.wrong("rules", "must be a list of rules, each {\"when\": condition, \"then\": policy}");
        }
        // Before any of them is looked at: a list of a million rules costs no more than its refusal.
        if (array.items().size() > RulesPolicy.MAX_RULES) {
            throw form.wrong(
                    "rules",
                    "at most " + RulesPolicy.MAX_RULES + " rules, not "
                            + array.items().size());
        }
        List<Rule> rules = new ArrayList<>();
        for (Json item : array.items()) {
            rules.add(rule(item, form.path + ".rules[" + rules.size() + "]"));
        }
        return new RulesPolicy(rules, plain(form.required("otherwise"), form.path + ".otherwise"));
    }

    private static Rule rule(Json json, String path) {
        if (!(json instanceof Json.Obj obj)) {
            throw new IllegalArgumentException(
                    path + ": must be an object {\"when\": condition, \"then\": policy}, not " + kind(json));
        }
        Form form = new Form("rule", path, new LinkedHashMap<>(obj.fields()));
        String condition = form.words("when");
        Policy then = plain(form.required("then"), path + ".then");
        form.requireNothingElse();
        return new Rule(condition, then);
    }

    /** Refused here rather than by the record, so that the nesting of what is parsed is bounded and the path exact. */
    private static Policy plain(Json json, String path) {
        String type = Form.of(json, path).type;
        if (type.equals("rules") || type.equals("custom")) {
            throw new IllegalArgumentException(path + ": a rule leads to a plain policy, not to " + type);
        }
        return parse(json, path);
    }

    private static Map<String, Json> options(QueuePolicy queue) {
        Map<String, Json> options = new LinkedHashMap<>();
        if (queue.max() != QueuePolicy.DEFAULT.max()) {
            options.put("max", Json.of(queue.max()));
        }
        Long ttlMs = queue.ttlMs();
        if (ttlMs != null) {
            options.put("ttlMs", Json.of(ttlMs));
        }
        if (queue.behind() != QueuePolicy.DEFAULT.behind()) {
            options.put("behind", Json.of(word(queue.behind())));
        }
        return options;
    }

    private static Map<String, Json> options(RulesPolicy policy) {
        List<Json> rules = new ArrayList<>();
        for (Rule rule : policy.rules()) {
            Map<String, Json> fields = new LinkedHashMap<>();
            fields.put("when", Json.of(rule.condition()));
            fields.put("then", toJson(rule.then()));
            rules.add(Json.object(fields));
        }
        Map<String, Json> options = new LinkedHashMap<>();
        options.put("rules", Json.array(rules));
        options.put("otherwise", toJson(policy.otherwise()));
        return options;
    }

    private static Json form(String type, Map<String, Json> options) {
        if (options.isEmpty()) {
            return Json.of(type);
        }
        Map<String, Json> fields = new LinkedHashMap<>();
        fields.put("type", Json.of(type));
        fields.putAll(options);
        return Json.object(fields);
    }

    private static String word(Behind behind) {
        return behind.name().toLowerCase(Locale.ROOT);
    }

    private static String quoted(String text) {
        return '"' + (text.length() <= MAX_QUOTED ? text : text.substring(0, MAX_QUOTED) + "...") + '"';
    }

    private static String kind(Json json) {
        return switch (json) {
            case Json.Null ignored -> "null";
            case Json.Bool ignored -> "a boolean";
            case Json.Num ignored -> "a number";
            case Json.Text ignored -> "a string";
            case Json.Arr ignored -> "a list";
            case Json.Obj ignored -> "an object";
        };
    }

    /**
     * An object being read.
     *
     * @param rest the fields that nobody has asked for yet
     */
    private record Form(String type, String path, Map<String, Json> rest) {

        static Form of(Json json, String path) {
            return switch (json) {
                case Json.Text name -> new Form(name.value(), path, Map.of());
                case Json.Obj obj -> {
                    Form untyped = new Form("", path, new LinkedHashMap<>(obj.fields()));
                    yield new Form(untyped.text(untyped.required("type"), "type"), path, untyped.rest);
                }
                default ->
                    throw new IllegalArgumentException(
                            path + ": must be a policy's name or an object with its type, not " + kind(json));
            };
        }

        @Nullable Json take(String name) {
            return rest.isEmpty() ? null : rest.remove(name);
        }

        Json required(String name) {
            Json json = take(name);
            if (json == null) {
                throw wrong(name, "is missing" + (name.equals("type") ? "; " + TYPES : ""));
            }
            return json;
        }

        String text(Json json, String name) {
            if (json instanceof Json.Text text) {
                return text.value();
            }
            throw wrong(name, "must be a string, not " + kind(json));
        }

        /** A string that says something; required. */
        String words(String name) {
            String text = text(required(name), name);
            if (text.isBlank()) {
                throw wrong(name, "is blank");
            }
            return text;
        }

        boolean flag(String name, boolean absent) {
            Json json = take(name);
            return switch (json) {
                case null -> absent;
                case Json.Bool bool -> bool.value();
                default -> throw wrong(name, "must be true or false, not " + kind(json));
            };
        }

        int count(String name, int absent) {
            Long number = number(name, Integer.MAX_VALUE);
            return number == null ? absent : number.intValue();
        }

        /** A whole number from 1 up, or null if it is not given. */
        @Nullable Long number(String name, long max) {
            Json json = take(name);
            if (json == null) {
                return null;
            }
            if (!(json instanceof Json.Num num)) {
                throw wrong(name, "must be a number, not " + kind(json));
            }
            BigDecimal value = num.value();
            if (value.compareTo(BigDecimal.ONE) < 0 || value.compareTo(BigDecimal.valueOf(max)) > 0) {
                throw wrong(name, "must be from 1 to " + max + ", not " + quoted(value.toString()));
            }
            if (value.stripTrailingZeros().scale() > 0) {
                throw wrong(name, "must be a whole number, not " + quoted(value.toString()));
            }
            return value.longValueExact();
        }

        void requireNothingElse() {
            if (!rest.isEmpty()) {
                throw wrong(rest.keySet().iterator().next(), "unknown field of " + quoted(type));
            }
        }

        IllegalArgumentException wrong(String name, String message) {
            String where = name.isEmpty() ? path : path + "." + name;
            return new IllegalArgumentException(where + ": " + message);
        }
    }
}
