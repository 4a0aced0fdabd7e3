package dev.threadwright.http;

import dev.threadwright.ingress.Decoded;
import dev.threadwright.security.Role;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.SettingsChange;
import java.util.List;

/**
 * What it takes to send a dead letter again as something else than it was: as much as to ask for that itself. Else whoever
 * may operate could answer, and write, with any letter at hand.
 */
final class CorrectedRecord {

    private CorrectedRecord() {}

    static Role role(Decoded decoded) {
        return switch (decoded) {
            case Decoded.ForThread forThread -> role(forThread.command());
            // It will be a dead letter again, wherever it is understood.
            case Decoded.Dead ignored -> Role.WRITE;
            case Decoded.Misrouted ignored -> Role.RESOLVE;
            // Another server knows what it is.
            case Decoded.NotHere ignored -> Role.RESOLVE;
        };
    }

    private static Role role(Command command) {
        return switch (command) {
            case Command.ResumeRun ignored -> Role.RESOLVE;
            case Command.RejectInterrupt ignored -> Role.RESOLVE;
            case Command.SubmitInput submit when submit.interrupt() != null -> Role.RESOLVE;
            case Command.UpdateThread update when answers(update.change()) -> Role.RESOLVE;
            case Command.CreateThread create when answers(create.settings()) || passes(create) -> Role.RESOLVE;
            case Command.ForkThread fork when answers(fork.settings()) -> Role.RESOLVE;
            case Command.UpdateState update when passes(update.updates()) -> Role.RESOLVE;
            // Of actions, which may be ended by hand.
            case Command.CompleteAction ignored -> Role.OPERATE;
            case Command.FailAction ignored -> Role.OPERATE;
            case Command.ExtendAction ignored -> Role.OPERATE;
            case Command.SettleAction ignored -> Role.OPERATE;
            default -> Role.WRITE;
        };
    }

    private static boolean answers(SettingsChange change) {
        return change.approvals() != null;
    }

    private static boolean passes(Command.CreateThread create) {
        return create.superSteps().stream().anyMatch(CorrectedRecord::passes);
    }

    private static boolean passes(List<Command.Update> updates) {
        return updates.stream().anyMatch(update -> update.step() != null || update.goTo() != null);
    }
}
