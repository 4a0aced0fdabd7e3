package dev.threadwright.cron;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import org.jspecify.annotations.Nullable;

/**
 * When a cron is due: minute, hour, day of the month, month, day of the week, in a time zone. As cron does it, either of two
 * days that are both restricted will do.
 */
public final class Schedule {

    public static final int MAX_LENGTH = 255;

    private static final CronParser PARSER = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    private final ExecutionTime times;
    private final ZoneId zone;

    private Schedule(ExecutionTime times, ZoneId zone) {
        this.times = times;
        this.zone = zone;
    }

    /**
     * @param zone the name of a time zone; null for UTC
     * @throws IllegalArgumentException if it is no schedule
     */
    public static Schedule of(String text, @Nullable String zone) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("it has more than " + MAX_LENGTH + " characters");
        }
        return new Schedule(ExecutionTime.forCron(PARSER.parse(text)), zone == null ? ZoneOffset.UTC : ZoneId.of(zone));
    }

    /** Whether it is the name of a time zone, and not an offset. */
    public static boolean isZone(String name) {
        return ZoneId.getAvailableZoneIds().contains(name);
    }

    /** The first time after a moment; null if there is none, as for 30 February. */
    public @Nullable Instant next(Instant after) {
        ZonedDateTime from = after.atZone(zone);
        ZonedDateTime regular = times.nextExecution(from).orElse(null);
        if (regular == null) {
            return null;
        }
        ZonedDateTime moved = movedByGap(from, regular);
        return (moved == null ? regular : moved).toInstant();
    }

    /**
     * A time that the clock leaves out when it is put forward: it would otherwise be left out, too, and a daily run with it.
     * It comes as much later as the clock was put forward.
     */
    private @Nullable ZonedDateTime movedByGap(ZonedDateTime from, ZonedDateTime until) {
        Instant at = from.toInstant();
        for (ZoneOffsetTransition change = zone.getRules().nextTransition(at);
                change != null && change.getInstant().isBefore(until.toInstant());
                change = zone.getRules().nextTransition(change.getInstant())) {
            ZonedDateTime moved = change.isGap() ? movedByGap(change) : null;
            if (moved != null && moved.isAfter(from) && moved.isBefore(until)) {
                return moved;
            }
        }
        return null;
    }

    private @Nullable ZonedDateTime movedByGap(ZoneOffsetTransition gap) {
        // In UTC, where the clock is never put forward, the times within the gap exist.
        LocalDateTime skipped = times.nextExecution(
                        gap.getDateTimeBefore().minusSeconds(1).atZone(ZoneOffset.UTC))
                .map(ZonedDateTime::toLocalDateTime)
                .orElse(null);
        return skipped == null || !skipped.isBefore(gap.getDateTimeAfter())
                ? null
                : skipped.plus(gap.getDuration()).atZone(zone);
    }
}
