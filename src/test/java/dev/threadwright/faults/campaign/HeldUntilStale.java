package dev.threadwright.faults.campaign;

import dev.threadwright.faults.campaign.Findings.Kind;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A commit, or the end of a transaction on Kafka, stays on its way while its server is frozen and others take over; then it
 * arrives, and must be refused.
 */
record HeldUntilStale(Point point, Findings findings) implements Fault {
    private static final long ANSWER_MS = 20_000;

    @Override
    public String name() {
        return point == Point.COMMIT_HELD ? "stale-commit" : "stale-publish";
    }

    @Override
    public String description() {
        return point == Point.COMMIT_HELD
                ? "a commit arrives after others have taken over, and must be refused"
                : "the end of a transaction arrives after others have taken over, and must be refused";
    }

    @Override
    public boolean inject(Site site) throws Exception {
        Node node = site.owner();
        AtomicReference<String> answer = new AtomicReference<>("none");
        Point[] answers = point == Point.COMMIT_HELD
                ? new Point[] {Point.COMMIT_ANSWERED, Point.COMMIT_REFUSED}
                : new Point[] {Point.END_ANSWERED};
        boolean happened = site.trap(node, point, link -> {
            node.freeze();
            boolean takenOver = site.awaitTakenOver(node);
            node.thaw();
            if (takenOver) {
                for (Point at : answers) {
                    node.proxy(point.target()).set(new Trap(at, link, on -> answer.set(on.refusal())));
                }
            } else {
                answer.set("not taken over");
            }
        });
        if (!happened) {
            return false;
        }
        // A server that has given up meanwhile takes its connection with it, and then nothing arrives.
        site.await(ANSWER_MS, () -> !answer.get().equals("none"));
        if (answer.get().isEmpty()) {
            findings.add(Kind.STALE, node.name() + " was let do what others have taken over: " + name());
        }
        return !answer.get().equals("none") && !answer.get().equals("not taken over");
    }

    @Override
    public void heal(Site site) {
        site.nodes().forEach(Node::thaw);
    }
}
