package dev.threadwright.thread;

/** Where a run is. A started run's status is derived from what it holds, never stored. */
public enum RunStatus {
    QUEUED,
    ACTIVE,
    WAITING_USER,
    WAITING_EVENT,
    PAUSED,
    COMPLETED,
    FAILED,
    CANCELLED,
    TIMED_OUT;

    public boolean isTerminal() {
        return switch (this) {
            case QUEUED, ACTIVE, WAITING_USER, WAITING_EVENT, PAUSED -> false;
            case COMPLETED, FAILED, CANCELLED, TIMED_OUT -> true;
        };
    }

    /** As people read it: {@code timed out}. */
    public String words() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }
}
