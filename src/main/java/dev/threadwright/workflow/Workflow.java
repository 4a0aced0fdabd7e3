package dev.threadwright.workflow;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Set;

/**
 * One version of a workflow: the channels it declares and its steps, executed one per super-step in this order.
 *
 * @param channels the reducer of each declared channel
 * @param steps at least one
 */
public record Workflow(WorkflowRef ref, Map<String, Reducer> channels, List<Step> steps) {

    public Workflow {
        channels = Map.copyOf(channels);
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("Workflow " + ref + " has no steps");
        }
    }

    /**
     * How an input enters the state: keys that name channels are written through their reducers, the others stay on
     * the stored input.
     */
    public List<Change> changesOf(Json input) {
        if (!(input instanceof Json.Obj object)) {
            return List.of();
        }
        List<Change> changes = new ArrayList<>();
        for (Entry<String, Json> field : object.fields().entrySet()) {
            Reducer reducer = channels.get(field.getKey());
            if (reducer != null) {
                changes.add(new Change(field.getKey(), reducer, field.getValue()));
            }
        }
        return List.copyOf(changes);
    }

    /**
     * @param writes of one super-step
     * @throws StepFailure if a write names a channel that this workflow does not declare, or one that keeps the last
     *     write has two: which one is the last would be chance
     */
    public List<Change> changesOf(List<Write> writes) {
        List<Change> changes = new ArrayList<>(writes.size());
        Set<String> written = new HashSet<>();
        for (Write write : writes) {
            Reducer reducer = channels.get(write.channel());
            if (reducer == null) {
                throw new StepFailure("Workflow " + ref + " has no channel \"" + write.channel() + "\"");
            }
            if (!written.add(write.channel()) && reducer == Reducer.LAST_WRITE_WINS) {
                throw new StepFailure("Channel \"" + write.channel() + "\" of workflow " + ref
                        + " was written twice in one super-step");
            }
            changes.add(new Change(write.channel(), reducer, write.value()));
        }
        return List.copyOf(changes);
    }
}
