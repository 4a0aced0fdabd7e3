package dev.threadwright.cron;

/** No run can ever come of a firing: its assistant or thread is gone, say. */
public final class CronRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CronRefusedException(String message) {
        super(message, null, false, false);
    }
}
