package dev.threadwright.benchmark;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Asks Postgres what is kept of the inputs that were sent. */
final class StoreCheck {

    /**
     * What is stored of one phase.
     *
     * @param commits the transactions that its decisions were written by
     * @param runs completed runs that its decisions began, each with its outcome
     */
    record Stored(long decisions, long inputs, long commits, long runs) {}

    /** By phase. A run is found by its decision's own words, so one that is there twice or not at all shows. */
    static Map<String, Stored> of(Servers servers, Lane lane) throws SQLException {
        Map<String, Stored> stored = new HashMap<>();
        try (Connection connection = servers.connect(lane);
                Statement statement = connection.createStatement()) {
            statement.execute("set work_mem = '256MB'");
            // The runs' names are cut out of texts: any join but a hash join cuts again for each pair of a thread.
            statement.execute("set enable_nestloop = off");
            statement.execute("set enable_mergejoin = off");
            statement.execute("analyze");
            try (ResultSet row = statement.executeQuery("""
                    with d as materialized (
                        select left(causation_id, -8) as phase, causation_id, xmin::text as commit, tenant, thread,
                               substring(events::text from '"run":"([^"]+)"') as run
                        from decision),
                    o as materialized (
                        select tenant, thread, substring(result::text from '"run":"([^"]+)"') as run from outcome)
                    select d.phase, count(*), count(distinct d.causation_id), count(distinct d.commit),
                           count(o.run) filter (where r.status = 'completed')
                    from d
                         left join run r using (tenant, thread, run)
                         left join o using (tenant, thread, run)
                    group by d.phase
                    """)) {
                while (row.next()) {
                    stored.put(
                            row.getString(1),
                            new Stored(row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5)));
                }
            }
        }
        return stored;
    }

    /** What is wrong with a phase; empty if every input was answered once and is stored once. */
    static List<String> faults(Measurement measurement, Stored stored) {
        List<String> faults = new ArrayList<>();
        int sent = measurement.sent();
        if (stored.decisions() != sent || stored.inputs() != sent || stored.runs() != sent) {
            faults.add("%s: %d inputs, but the store has %d decisions on %d inputs and %d completed runs with outcomes"
                    .formatted(measurement.phase(), sent, stored.decisions(), stored.inputs(), stored.runs()));
        }
        if (measurement.repeated() > 0) {
            faults.add("%s: %d completions were read again".formatted(measurement.phase(), measurement.repeated()));
        }
        return faults;
    }

    private StoreCheck() {}
}
