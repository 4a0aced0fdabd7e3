package dev.threadwright.http;

import dev.threadwright.json.JsonText;
import dev.threadwright.log.LogFields;
import dev.threadwright.query.UnavailableException;
import dev.threadwright.security.Caller;
import dev.threadwright.stream.ServerEvent;
import dev.threadwright.stream.ThreadStreams.Wanted;
import dev.threadwright.stream.TooManyStreamsException;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One client of the newer protocol: its commands, and the events that it subscribes to. All on the socket's event loop. */
final class EventSocket {

    static final int MAX_SUBSCRIPTIONS = 64;

    /** Further commands wait unread for the answer to one of these. */
    static final int MAX_UNANSWERED = 16;

    /**
     * What is subscribed to within this time is told together. Clients subscribe to several things at once, one message
     * for each, and take the end of a run for the end of all of them: none may be told of it before the others are there.
     */
    static final long GATHER_MS = 30;

    /**
     * @param pingMs between two pings
     * @param silenceMs who does not even answer pings for that long is gone
     * @param stuckMs who takes nothing of what waits for it for that long is not served any more
     */
    record Patience(long pingMs, long silenceMs, long stuckMs) {
        static final Patience DEFAULT = new Patience(5_000, 30_000, 60_000);
    }

    /** Behind it, close codes are for applications; clients read what is above it as an HTTP status. */
    private static final int CLOSE_CODES = 4_000;

    /** A close frame holds 125 bytes, of which the code takes two. */
    private static final int MAX_REASON_BYTES = 123;

    private static final int REQUEST_TIMEOUT = 408;

    private static final Buffer PING = Buffer.buffer(new byte[0]);
    private static final Logger LOG = Logger.getLogger(EventSocket.class);

    private final ServerWebSocket socket;
    private final Caller caller;
    private final ThreadKey thread;
    private final EventSockets server;
    private final Patience patience;
    private final Runnable onClosed;
    private final Context connection;

    /**
     * What is told, by the names of subscriptions. One stream tells it all, so that it is in order whichever subscription
     * an event is for: clients take the end of a run for the last event of all their subscriptions.
     */
    private final Map<String, Wanted> subscriptions = new LinkedHashMap<>();

    private @Nullable Telling telling;
    private long subscribed;
    private int unanswered;
    private boolean closed;
    private long pings;
    private @Nullable Long gathering;
    private long heardMs = System.currentTimeMillis();
    private long takenMs = heardMs;

    /** Answers wait for the client to take them: it is not read meanwhile, or its commands would gather here as answers. */
    private boolean full;

    EventSocket(
            ServerWebSocket socket,
            Caller caller,
            ThreadKey thread,
            EventSockets server,
            Patience patience,
            Runnable onClosed) {
        this.socket = socket;
        this.caller = caller;
        this.thread = thread;
        this.server = server;
        this.patience = patience;
        this.onClosed = onClosed;
        this.connection = Vertx.currentContext();
    }

    /** @param status as HTTP would have it */
    static void refuse(ServerWebSocket socket, int status, String reason) {
        socket.close((short) (CLOSE_CODES + status), cut(reason))
                .onFailure(lost -> LOG.debugf("A socket was gone before it was refused: %s", lost.getMessage()));
    }

    private static String cut(String reason) {
        String cut = reason;
        while (cut.getBytes(StandardCharsets.UTF_8).length > MAX_REASON_BYTES) {
            cut = cut.substring(0, cut.length() - 1);
        }
        return cut;
    }

    void listen() {
        socket.closeHandler(gone -> closed());
        socket.exceptionHandler(lost -> LOG.debugf("A socket of thread %s broke: %s", thread, lost.getMessage()));
        socket.pongHandler(pong -> heardMs = System.currentTimeMillis());
        socket.binaryMessageHandler(bytes -> refuse(415, "Commands are texts"));
        socket.textMessageHandler(this::heard);
        pings = connection.owner().setPeriodic(patience.pingMs(), id -> ping());
    }

    private void ping() {
        long nowMs = System.currentTimeMillis();
        if (socket.writeQueueFull()) {
            // Pings would only wait behind the rest, so it cannot be expected to answer them.
            heardMs = nowMs;
            if (nowMs - takenMs > patience.stuckMs()) {
                refuse(REQUEST_TIMEOUT, "Nothing was taken for " + patience.stuckMs() + " ms");
            }
            return;
        }
        takenMs = nowMs;
        // Who is not read cannot be heard.
        if (unanswered < MAX_UNANSWERED && nowMs - heardMs > patience.silenceMs()) {
            refuse(REQUEST_TIMEOUT, "Nothing was heard for " + patience.silenceMs() + " ms");
        } else {
            socket.writePing(PING).onFailure(this::lost);
        }
    }

    private void closed() {
        ended();
        onClosed.run();
    }

    /** Nothing is told any more, whenever the client takes notice. */
    private void ended() {
        closed = true;
        connection.owner().cancelTimer(pings);
        stopGathering();
        settle();
    }

    private void refuse(int status, String reason) {
        if (!closed) {
            ended();
            refuse(socket, status, reason);
            // Its own goodbye is heard only if it is read.
            socket.resume();
        }
    }

    private void lost(Throwable failure) {
        LOG.debugf("A socket of thread %s takes nothing any more: %s", thread, failure.getMessage());
    }

    private void heard(String text) {
        if (closed) {
            return;
        }
        heardMs = System.currentTimeMillis();
        ProtocolCommand command;
        try {
            command = ProtocolCommand.read(text.getBytes(StandardCharsets.UTF_8), server.maxDataBytes());
        } catch (ProblemException e) {
            write(ProtocolCommand.error(
                    Json.NULL, ProtocolError.INVALID_ARGUMENT, e.problem().detail()));
            return;
        }
        switch (command.method()) {
            case ProtocolCommands.SUBSCRIBE -> write(change(command, this::subscribe));
            case ProtocolCommands.UNSUBSCRIBE -> write(change(command, this::unsubscribe));
            default -> send(command);
        }
    }

    private void send(ProtocolCommand command) {
        unanswered++;
        if (unanswered >= MAX_UNANSWERED) {
            socket.pause();
        }
        reading(() -> server.commands()
                .answer(thread, command)
                .subscribe()
                .with(answer -> answered(answer), failure -> answered(ProtocolCommands.failed(command, failure))));
    }

    /** Reading from the database takes a context of its own, of the same event loop. */
    private void reading(Runnable action) {
        Context own = VertxContext.createNewDuplicatedContext(connection);
        VertxContextSafetyToggle.setContextSafe(own, true);
        own.runOnContext(ignored -> {
            CurrentCaller.set(caller);
            action.run();
        });
    }

    private void answered(Json.Obj answer) {
        connection.runOnContext(ignored -> {
            unanswered--;
            heardMs = System.currentTimeMillis();
            write(answer);
            readOn();
        });
    }

    private static Json.Obj change(ProtocolCommand command, Function<ProtocolCommand, Json.Obj> change) {
        try {
            return change.apply(command);
        } catch (ProblemException | ProtocolException e) {
            return ProtocolCommands.failed(command, e);
        }
    }

    /** The thread need not exist: its first run makes it. */
    private Json.Obj subscribe(ProtocolCommand command) {
        Wanted wanted = EventRequest.read(command.params());
        if (subscriptions.size() >= MAX_SUBSCRIPTIONS) {
            throw new ProtocolException(
                    ProtocolError.INVALID_ARGUMENT,
                    "There are " + MAX_SUBSCRIPTIONS + " subscriptions on this socket already: end one of them");
        }
        settle();
        String id = Long.toString(++subscribed);
        subscriptions.put(id, wanted);
        gather();
        return command.success(Json.object(Map.of("subscription_id", Json.of(id))));
    }

    private Json.Obj unsubscribe(ProtocolCommand command) {
        String id = command.fields(List.of("subscription_id")).requiredText("subscription_id");
        if (!subscriptions.containsKey(id)) {
            throw new ProtocolException(ProtocolError.NO_SUCH_SUBSCRIPTION, "There is no subscription " + id);
        }
        settle();
        subscriptions.remove(id);
        gather();
        return command.success(Json.EMPTY_OBJECT);
    }

    /** Ends the stream; the next one goes on where it was. */
    private void settle() {
        Telling before = telling;
        if (before != null) {
            telling = null;
            before.cancel();
            subscriptions.replaceAll((id, wanted) -> wanted.behind(before.toldSeq));
        }
    }

    private void gather() {
        stopGathering();
        gathering = connection.owner().setTimer(GATHER_MS, id -> tell());
    }

    private void stopGathering() {
        Long timer = gathering;
        if (timer != null) {
            connection.owner().cancelTimer(timer);
            gathering = null;
        }
    }

    /** Tells what is subscribed to, unless that changes first or the client goes away. */
    private void tell() {
        if (closed || subscriptions.isEmpty()) {
            return;
        }
        Telling next = new Telling();
        telling = next;
        List<Wanted> wanted = List.copyOf(subscriptions.values());
        reading(() -> server.states()
                .isDeleted(thread)
                .flatMap(deleted -> deleted
                        ? Uni.createFrom().<Multi<ServerEvent>>nullItem()
                        : server.streams().events(thread, wanted))
                .subscribe()
                .with(
                        events -> {
                            if (events == null) {
                                threadIsGone();
                            } else {
                                // Given back at once if it is not wanted any more.
                                events.subscribe().withSubscriber(next);
                            }
                        },
                        this::cannotTell));
    }

    /** The other subscriptions have lost their stream with it: the client comes back for all of them. */
    private void cannotTell(Throwable failure) {
        if (failure instanceof TooManyStreamsException || failure instanceof UnavailableException) {
            LOG.debugf("Thread %s cannot be followed: %s", thread, failure.getMessage());
        } else {
            try (LogFields ignored = LogFields.of(thread)) {
                LOG.errorf(failure, "Thread %s cannot be followed", thread);
            }
        }
        refuse(503, String.valueOf(failure.getMessage()));
    }

    private void threadIsGone() {
        refuse(404, "Thread " + thread.thread() + " is deleted");
    }

    private void write(Json.Obj message) {
        if (!closed) {
            socket.writeTextMessage(JsonText.write(message)).onFailure(this::lost);
            if (!full && socket.writeQueueFull()) {
                full = true;
                socket.pause();
                socket.drainHandler(drained -> {
                    full = false;
                    readOn();
                });
            }
        }
    }

    private void readOn() {
        if (!closed && !full && unanswered < MAX_UNANSWERED) {
            socket.resume();
        }
    }

    /** Tells events: each when the one before has left the server, so that none gather here. */
    private final class Telling implements Subscriber<ServerEvent> {

        private @Nullable Subscription events;
        private boolean cancelled;

        /** The number of the last event that was told; all before it that anybody wants have been told, too. */
        private long toldSeq = -1;

        @Override
        public void onSubscribe(Subscription given) {
            events = given;
            if (cancelled) {
                given.cancel();
            } else {
                given.request(1);
            }
        }

        @Override
        public void onNext(ServerEvent event) {
            Subscription told = events;
            if (cancelled || told == null) {
                return;
            }
            Supplier<? extends Json> data = event.data();
            if (data == null) {
                // The socket's own pings say that the server is there.
                told.request(1);
                return;
            }
            String id = event.id();
            if (id != null) {
                toldSeq = Math.max(toldSeq, Long.parseLong(id));
            }
            String text = JsonText.write(data.get());
            event.sent().run();
            socket.writeTextMessage(text).onComplete(written -> {
                if (written.succeeded()) {
                    told.request(1);
                } else {
                    cancel();
                }
            });
        }

        @Override
        public void onError(Throwable failure) {
            if (!cancelled) {
                try (LogFields ignored = LogFields.of(thread)) {
                    LOG.warnf("Events of thread %s to a client broke: %s", thread, failure);
                }
                // The client comes back, and is told all that it asks for.
                refuse(REQUEST_TIMEOUT, "The events broke off");
            }
        }

        /** Threads have no other end. */
        @Override
        public void onComplete() {
            if (!cancelled) {
                threadIsGone();
            }
        }

        void cancel() {
            cancelled = true;
            Subscription told = events;
            if (told != null) {
                told.cancel();
            }
        }
    }
}
