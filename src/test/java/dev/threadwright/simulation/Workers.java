package dev.threadwright.simulation;

import dev.threadwright.ingress.CommandRecords;
import dev.threadwright.simulation.Broker.Appended;
import dev.threadwright.simulation.Faults.Kind;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Failure;
import dev.threadwright.thread.RunId;
import dev.threadwright.workflow.Json;
import java.util.List;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.producer.ProducerRecord;

/** They read what is asked for, and answer: late, twice, with a failure, or never. */
final class Workers {

    private final Timeline.Process process;
    private final Broker broker;
    private final Faults faults;
    private final RandomGenerator random;
    private final CommandRecords records;

    Workers(Timeline timeline, Broker broker, Faults faults, RandomGenerator random) {
        this.process = timeline.process("workers");
        this.broker = broker;
        this.faults = faults;
        this.random = random;
        this.records = new CommandRecords(Names.COMMANDS, Names.RESULTS, broker.partitions());
    }

    void told(List<Appended> published) {
        for (Appended record : published) {
            if (record.partition().topic().equals(Names.ACTIONS)
                    && Auditor.text(record, "ce_type").equals("dev.threadwright.action.request.v1")
                    && !faults.happens(Kind.RESULT_NEVER)) {
                ProducerRecord<byte[], byte[]> result = result(record);
                long ms = random.nextInt(8) == 0 ? random.nextInt(6_000) : random.nextInt(500);
                process.after(ms, () -> broker.append(result));
                if (faults.happens(Kind.RESULT_TWICE)) {
                    process.after(ms + random.nextInt(2_000), () -> broker.append(result));
                }
            }
        }
    }

    private ProducerRecord<byte[], byte[]> result(Appended request) {
        String thread = Users.thread(request);
        RunId run = new RunId(Auditor.text(request, "ce_runid"));
        ActionId action = new ActionId(Auditor.text(request, "ce_actionid"));
        int attempt = Integer.parseInt(Auditor.text(request, "ce_attempt"));
        return random.nextInt(5) == 0
                ? records.failed(thread, run, action, attempt, Failure.permanent("no"))
                : records.succeeded(thread, run, action, attempt, Json.of("done by " + attempt));
    }
}
