package dev.threadwright.log;

import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.MDC;

/**
 * What the lines are about that are logged until it is closed, on this thread: as fields, where logs are JSON. Ids alone; what
 * somebody sent is never logged.
 */
public final class LogFields implements AutoCloseable {

    public static final String TENANT = "tenant";
    public static final String THREAD = "thread_id";
    public static final String RUN = "run_id";
    public static final String SEQ = "seq";

    private final List<String> put = new ArrayList<>(4);

    private LogFields() {}

    public static LogFields of(ThreadKey thread) {
        return new LogFields().with(TENANT, thread.tenant()).with(THREAD, thread.thread());
    }

    public LogFields run(RunId run) {
        return with(RUN, run.value());
    }

    /** @param seq of the thread's last event, as far as who logs knows */
    public LogFields seq(long seq) {
        return with(SEQ, Long.toString(seq));
    }

    private LogFields with(String name, String value) {
        MDC.put(name, value);
        put.add(name);
        return this;
    }

    @Override
    public void close() {
        put.forEach(MDC::remove);
    }
}
