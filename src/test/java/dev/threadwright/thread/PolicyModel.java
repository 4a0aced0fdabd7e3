package dev.threadwright.thread;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The semantics again, told by counting: which runs are started and queued, and what a sender hears. Knows nothing of
 * events, channels or the core's classes, so that it is wrong in other ways than the core is.
 */
final class PolicyModel {

    /** The test workflows' steps: an action, a pure step, one that fails. */
    private static final Map<String, String> STEPS =
            Map.of("pure", "p", "async", "a", "three", "aap", "four", "apap", "failing", "f", "async-failing", "af");

    private static final class Run {
        final String id;
        final String workflow;
        final long admittedAtMs;
        int step;
        int inbox;
        long joinedAtMs;

        Run(String id, String workflow, long admittedAtMs) {
            this.id = id;
            this.workflow = workflow;
            this.admittedAtMs = admittedAtMs;
        }
    }

    private record Waiting(Run run, long expiresAtMs) {}

    private final int maxActive;
    private final int maxInbox;
    private final List<Run> started = new ArrayList<>();
    private final List<Waiting> queue = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();

    PolicyModel(int maxActive, int maxInbox) {
        this.maxActive = maxActive;
        this.maxInbox = maxInbox;
    }

    List<String> started() {
        return started.stream().map(run -> run.id).toList();
    }

    List<String> queued() {
        return queue.stream().map(waiting -> waiting.run.id).toList();
    }

    /** @param max of a parallel or queue policy */
    String submit(long nowMs, String policy, int max, long ttlMs, String run, String workflow) {
        expire(nowMs);
        int running = started.size();
        if (running == 0) {
            return start(nowMs, new Run(run, workflow, nowMs));
        }
        return switch (policy) {
            case "interrupt", "rollback" -> {
                started.clear();
                queue.clear();
                yield start(nowMs, new Run(run, workflow, nowMs));
            }
            case "parallel" ->
                running >= max
                        ? "MAX_PARALLEL_RUNS"
                        : running >= maxActive ? "MAX_ACTIVE_RUNS" : start(nowMs, new Run(run, workflow, nowMs));
            case "merge" -> join(nowMs, started.getFirst());
            case "reject" -> "BUSY";
            case "queue" -> {
                if (queue.size() >= max) {
                    yield "QUEUE_FULL";
                }
                seen.add(run);
                queue.add(new Waiting(new Run(run, workflow, nowMs), ttlMs == 0 ? Long.MAX_VALUE : nowMs + ttlMs));
                yield "Queued";
            }
            default -> throw new IllegalArgumentException(policy);
        };
    }

    String address(long nowMs, String id) {
        expire(nowMs);
        for (Run run : live()) {
            if (run.id.equals(id)) {
                return join(nowMs, run);
            }
        }
        return seen.contains(id) ? "RUN_ENDED" : "UNKNOWN_RUN";
    }

    String cancel(long nowMs, String id) {
        expire(nowMs);
        boolean found = started.removeIf(run -> run.id.equals(id)) | queue.removeIf(w -> w.run.id.equals(id));
        promote(nowMs);
        return found ? "Cancelled" : seen.contains(id) ? "Unchanged" : "UNKNOWN_RUN";
    }

    String cancelAll(long nowMs, long cutOffMs) {
        expire(nowMs);
        boolean found = started.removeIf(run -> run.admittedAtMs <= cutOffMs)
                | queue.removeIf(waiting -> waiting.run.admittedAtMs <= cutOffMs);
        promote(nowMs);
        return found ? "Cancelled" : "Unchanged";
    }

    String result(long nowMs, String id, boolean success) {
        Run run = started.stream().filter(one -> one.id.equals(id)).findFirst().orElseThrow();
        if (success) {
            run.step++;
            proceed(nowMs, run);
        } else {
            end(nowMs, run);
        }
        promote(nowMs);
        return "Applied";
    }

    String timers(long nowMs) {
        expire(nowMs);
        return "Applied";
    }

    private List<Run> live() {
        List<Run> live = new ArrayList<>(started);
        queue.forEach(waiting -> live.add(waiting.run));
        return live;
    }

    private String join(long nowMs, Run run) {
        if (run.inbox >= maxInbox) {
            return "INBOX_FULL";
        }
        run.inbox++;
        run.joinedAtMs = nowMs;
        return "Merged";
    }

    private String start(long nowMs, Run run) {
        seen.add(run.id);
        started.add(run);
        proceed(nowMs, run);
        promote(nowMs);
        return "Started";
    }

    private void proceed(long nowMs, Run run) {
        String steps = STEPS.get(run.workflow);
        for (; run.step < steps.length(); run.step++) {
            run.inbox = 0;
            if (steps.charAt(run.step) == 'a') {
                return;
            }
            if (steps.charAt(run.step) == 'f') {
                break;
            }
        }
        end(nowMs, run);
    }

    private void end(long nowMs, Run run) {
        started.remove(run);
        if (run.inbox > 0) {
            Run followUp = new Run(new RunId(run.id).followUp().value(), run.workflow, run.joinedAtMs);
            seen.add(followUp.id);
            started.add(followUp);
            proceed(nowMs, followUp);
        }
    }

    private void promote(long nowMs) {
        while (started.isEmpty() && !queue.isEmpty()) {
            Waiting next = queue.removeFirst();
            if (next.expiresAtMs > nowMs) {
                next.run.inbox = 0;
                started.add(next.run);
                proceed(nowMs, next.run);
            }
        }
    }

    private void expire(long nowMs) {
        queue.removeIf(waiting -> waiting.expiresAtMs <= nowMs);
    }
}
