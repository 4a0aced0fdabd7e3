package dev.threadwright.simulation;

import dev.threadwright.simulation.Timeline.Process;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * Who consumes what. Cooperative: a partition is asked back, and goes to another when it was given back; a member that
 * was not heard of for a session is expelled, and told when it is back.
 */
final class Group {

    static final long SESSION_TIMEOUT_MS = 3_000;
    static final long REBALANCE_TIMEOUT_MS = 20_000;
    private static final long TICK_MS = 250;

    private final Timeline timeline;
    private final RandomGenerator random;
    private final int partitions;
    private final Process process;
    private final List<GroupMember> members = new ArrayList<>();
    private final int[] wanted;
    private boolean changed;

    Group(Timeline timeline, RandomGenerator random, int partitions) {
        this.timeline = timeline;
        this.random = random;
        this.partitions = partitions;
        this.process = timeline.process("group");
        this.wanted = new int[partitions];
        process.after(TICK_MS, this::tick);
    }

    void join(GroupMember member) {
        member.heardOfAtMs = timeline.nowMs();
        member.expelled = false;
        member.joined = false;
        members.add(member);
        changed = true;
    }

    void leave(GroupMember member) {
        members.remove(member);
        member.owned.clear();
        changed = true;
    }

    void givenBack(GroupMember member, Iterable<Integer> given) {
        given.forEach(partition -> {
            member.leaving.remove(partition);
            member.owned.remove(partition);
        });
    }

    /** Partitions go to other members, for no reason. */
    void storm() {
        changed = true;
    }

    private void tick() {
        for (GroupMember member : List.copyOf(members)) {
            if (member.process.isRunning()) {
                member.heardOfAtMs = timeline.nowMs();
            }
            boolean silent = timeline.nowMs() - member.heardOfAtMs > SESSION_TIMEOUT_MS;
            boolean late = !member.leaving.isEmpty() && timeline.nowMs() - member.askedAtMs > REBALANCE_TIMEOUT_MS;
            if (silent || late) {
                expel(member);
            }
        }
        if (changed && !members.isEmpty()) {
            changed = false;
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < partitions; i++) {
                order.add(i % members.size());
            }
            Collections.shuffle(order, new Random(random.nextLong()));
            for (int i = 0; i < partitions; i++) {
                wanted[i] = order.get(i);
            }
        }
        if (!members.isEmpty()) {
            assign();
        }
        process.after(TICK_MS, this::tick);
    }

    private void expel(GroupMember member) {
        members.remove(member);
        member.expelled = true;
        member.owned.clear();
        member.leaving.clear();
        member.coming.clear();
        changed = true;
    }

    private void assign() {
        for (int partition = 0; partition < partitions; partition++) {
            int number = partition;
            GroupMember to = members.get(wanted[partition] % members.size());
            GroupMember owner = members.stream()
                    .filter(member -> member.owned.contains(number))
                    .findFirst()
                    .orElse(null);
            if (owner == null) {
                to.owned.add(partition);
                to.coming.add(partition);
                to.wake.run();
            } else if (owner != to && !owner.leaving.contains(partition) && !owner.coming.contains(partition)) {
                owner.leaving.add(partition);
                owner.askedAtMs = timeline.nowMs();
                owner.wake.run();
            }
        }
        for (GroupMember member : members) {
            if (!member.joined) {
                member.wake.run();
            }
        }
    }
}
