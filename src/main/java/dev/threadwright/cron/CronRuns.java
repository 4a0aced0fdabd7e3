package dev.threadwright.cron;

import io.smallrye.mutiny.Uni;

/**
 * Makes runs of firings. Subscribed to on a Vert.x context.
 *
 * <ul>
 *   <li>It succeeds when the run is durable: then the firing is forgotten.
 *   <li>It is asked again for the same firing, by its {@link CronFiring#id}, if it failed, took too long, or its answer was
 *       lost: one run is to come of all of that.
 *   <li>It fails with a {@link CronRefusedException} if it can never succeed: then the firing is given up. Any other failure
 *       is tried again.
 * </ul>
 */
public interface CronRuns {

    Uni<Void> start(CronFiring firing);
}
