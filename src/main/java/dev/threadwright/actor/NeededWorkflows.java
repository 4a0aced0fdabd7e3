package dev.threadwright.actor;

import dev.threadwright.journal.JournalUnavailableException;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.workflow.WorkflowCatalog;
import dev.threadwright.workflow.WorkflowsUnavailableException;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that the workflows are known which works will need: another server may have registered them a moment ago,
 * and a run must not fail because this one has not heard of it yet.
 */
public final class NeededWorkflows {

    private final WorkflowCatalog catalog;
    private final Runnable refresh;

    /**
     * @param refresh brings the catalog up to date; blocks, and throws a {@link WorkflowsUnavailableException} if it
     *     cannot
     */
    public NeededWorkflows(WorkflowCatalog catalog, Runnable refresh) {
        this.catalog = catalog;
        this.refresh = refresh;
    }

    /** For a catalog that never changes. */
    public static NeededWorkflows fixed(WorkflowCatalog catalog) {
        return new NeededWorkflows(catalog, () -> {});
    }

    /**
     * @param loaded the states that were loaded for the works
     * @throws JournalUnavailableException if it cannot be told now whether they are known
     */
    void lookUp(Collection<Work> works, Map<ThreadKey, ThreadState> loaded) {
        try {
            refreshIfMissing(works, loaded);
        } catch (WorkflowsUnavailableException e) {
            throw unreachable(e);
        }
    }

    /** A workflow that cannot be read is a journal that cannot be reached: the batch is decided later, and no run fails. */
    static JournalUnavailableException unreachable(WorkflowsUnavailableException e) {
        return new JournalUnavailableException(String.valueOf(e.getMessage()), e);
    }

    private void refreshIfMissing(Collection<Work> works, Map<ThreadKey, ThreadState> loaded) {
        for (Work work : works) {
            if (work instanceof Work.Decide decide && isMissing(decide.command(), loaded)) {
                refresh.run();
                return;
            }
        }
    }

    private boolean isMissing(Command command, Map<ThreadKey, ThreadState> loaded) {
        ThreadKey thread = command.header().thread();
        ThreadState state = loaded.get(thread);
        if (state != null && state.workflows().stream().anyMatch(ref -> catalog.find(thread.tenant(), ref) == null)) {
            return true;
        }
        return isMissing(thread, named(command))
                || state != null && isMissing(thread, state.settings().workflow());
    }

    private boolean isMissing(ThreadKey thread, @Nullable String name) {
        return name != null && catalog.named(thread.tenant(), name) == null;
    }

    private static @Nullable String named(Command command) {
        return switch (command) {
            case Command.SubmitInput submit -> submit.workflow();
            case Command.UpdateThread update -> update.change().workflow();
            case Command.RequestRun request -> request.workflow();
            case Command.CancelRun ignored -> null;
            case Command.CancelAll ignored -> null;
            case Command.CompleteAction ignored -> null;
            case Command.FailAction ignored -> null;
            case Command.LoseAction ignored -> null;
            case Command.ReleaseAction ignored -> null;
            case Command.AcceptAction ignored -> null;
            case Command.ExtendAction ignored -> null;
            case Command.SettleAction ignored -> null;
            case Command.FireTimers ignored -> null;
            case Command.ContinueRun ignored -> null;
            case Command.UpdateState ignored -> null;
            case Command.RestoreState ignored -> null;
            case Command.ResumeRun ignored -> null;
            case Command.RejectInterrupt ignored -> null;
            case Command.SteerRun ignored -> null;
            case Command.PauseRun ignored -> null;
            case Command.UnpauseRun ignored -> null;
            case Command.CompactThread ignored -> null;
            case Command.RaiseInterrupt ignored -> null;
            case Command.RecordResult ignored -> null;
            case Command.ForkThread ignored -> null;
            case Command.CreateThread create ->
                create.settings().workflow() == null
                        ? create.graph()
                        : create.settings().workflow();
            case Command.DeleteThread ignored -> null;
        };
    }
}
