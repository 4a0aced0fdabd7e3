package dev.threadwright.journal;

import dev.threadwright.json.JsonText;
import dev.threadwright.thread.Event.DecisionKind;
import dev.threadwright.thread.Event.Why;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.Input;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadSettings;
import dev.threadwright.thread.TraceContext;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.PolicyForm;
import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.WorkflowRef;
import java.io.IOException;
import java.util.List;

/** The forms of what events and snapshots have in common. */
final class Parts {

    private Parts() {}

    static void write(FieldWriter to, Identity identity) throws IOException {
        to.text("source", identity.source()).text("id", identity.id());
    }

    static Identity identity(Fields from) {
        return new Identity(from.text("source"), from.text("id"));
    }

    static void write(FieldWriter to, Input input) throws IOException {
        to.text("type", input.type().wireName())
                .object("identity", input.identity(), identity -> write(to, identity))
                .text("eventType", input.eventType())
                .json("data", input.data())
                .object(
                        "trace",
                        input.trace(),
                        trace -> to.text("parent", trace.parent()).text("state", trace.state()));
    }

    static Input input(Fields from) {
        String type = from.text("type");
        for (Input.Type known : Input.Type.values()) {
            if (known.wireName().equals(type)) {
                return new Input(
                        identity(from.fields("identity")),
                        known,
                        from.textOrNull("eventType"),
                        from.json("data"),
                        from.has("trace") ? trace(from.fields("trace")) : null);
            }
        }
        throw new UnreadableException(from.what() + ": this release does not know inputs of type " + type);
    }

    private static TraceContext trace(Fields from) {
        return new TraceContext(from.text("parent"), from.textOrNull("state"));
    }

    static void write(FieldWriter to, Change change) throws IOException {
        to.text("channel", change.channel())
                .text("reducer", change.reducer().form())
                .json("value", change.value());
        Json result = change.result();
        if (result != null) {
            to.json("result", result);
        }
    }

    static Change change(Fields from) {
        return new Change(
                from.text("channel"),
                Reducer.parse(from.text("reducer")),
                from.json("value"),
                from.has("result") ? from.json("result") : null);
    }

    static void writeChanges(FieldWriter to, List<Change> changes) throws IOException {
        to.objects("changes", changes, change -> write(to, change));
    }

    static List<Change> changes(Fields from) {
        return from.objects("changes", Parts::change);
    }

    /** Left out where there are none, which is nearly always. */
    static void writeChangesIfAny(FieldWriter to, String name, List<Change> changes) throws IOException {
        if (!changes.isEmpty()) {
            to.objects(name, changes, change -> write(to, change));
        }
    }

    static List<Change> changesIfAny(Fields from, String name) {
        return from.has(name) ? from.objects(name, Parts::change) : List.of();
    }

    static void write(FieldWriter to, Why why) throws IOException {
        to.word("decision", why.decision())
                .text("policy", why.policy())
                .text("rule", why.rule())
                .text("running", why.running());
        if (!why.failedConditions().isEmpty()) {
            to.texts("failedConditions", why.failedConditions());
        }
    }

    static Why why(Fields from) {
        return new Why(
                from.word("decision", DecisionKind.class),
                from.text("policy"),
                from.textOrNull("rule"),
                from.text("running"),
                from.has("failedConditions") ? from.texts("failedConditions") : List.of());
    }

    static void write(FieldWriter to, ThreadSettings settings) throws IOException {
        Policy policy = settings.policy();
        if (policy != null) {
            to.json("policy", PolicyForm.toJson(policy));
        }
        to.text("workflow", settings.workflow()).json("metadata", settings.metadata());
        if (!settings.approvals().fields().isEmpty()) {
            to.json("approvals", settings.approvals());
        }
        to.number("ttlMinutes", settings.ttlMinutes());
    }

    static ThreadSettings settings(Fields from) {
        return new ThreadSettings(
                from.has("policy") ? PolicyForm.parse(from.json("policy")) : null,
                from.textOrNull("workflow"),
                from.object("metadata"),
                from.has("approvals") ? from.object("approvals") : Json.EMPTY_OBJECT,
                from.numberOrNull("ttlMinutes"));
    }

    static RunId run(Fields from) {
        return new RunId(from.text("run"));
    }

    static WorkflowRef workflow(Fields from) {
        return WorkflowRef.parse(from.text("workflow"));
    }

    /** What readers see of a thread's settings. */
    static String settingsText(ThreadSettings settings) {
        return StoredJson.write(generator -> {
            generator.writeStartObject();
            write(new FieldWriter(generator), settings);
            generator.writeEndObject();
        });
    }

    static String valuesText(java.util.Map<String, Json> values) {
        return JsonText.write(Json.object(values));
    }
}
