package dev.threadwright.http;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.function.ToDoubleFunction;

/** Who waits for this instance, or listens to it. */
@Singleton
public class CallerMetrics {

    private final Waiters waiters;
    private final OpenRequests requests;
    private final EventSockets sockets;
    private final UnfinishedBodies bodies;
    private final MeterRegistry meters;

    CallerMetrics(
            Waiters waiters,
            OpenRequests requests,
            EventSockets sockets,
            UnfinishedBodies bodies,
            MeterRegistry meters) {
        this.waiters = waiters;
        this.requests = requests;
        this.sockets = sockets;
        this.bodies = bodies;
        this.meters = meters;
    }

    void onStart(@Observes StartupEvent event) {
        gauge("threadwright.waiters", "Callers that wait for a decision or a run", waiters, Waiters::size);
        gauge(
                "threadwright.requests.open",
                "Requests that are not answered yet, streams included",
                requests,
                OpenRequests::size);
        gauge(
                "threadwright.requests.unfinished.bytes",
                "Bytes held of bodies that are not complete yet",
                bodies,
                UnfinishedBodies::bytes);
        gauge("threadwright.streams.open", "Streams of server-sent events", requests, OpenRequests::streams);
        gauge("threadwright.sockets.open", "WebSockets", sockets, EventSockets::size);
    }

    private <T> void gauge(String name, String description, T of, ToDoubleFunction<T> value) {
        Gauge.builder(name, of, value)
                .description(description)
                .strongReference(true)
                .register(meters);
    }
}
