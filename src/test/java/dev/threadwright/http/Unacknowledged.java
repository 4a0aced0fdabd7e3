package dev.threadwright.http;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.smallrye.reactive.messaging.MutinyEmitter;
import java.lang.reflect.Proxy;
import java.util.Collection;

/** A Kafka that acknowledges nothing before it is told to. */
final class Unacknowledged {

    private Unacknowledged() {}

    /** @param waiting gets whoever waits for an acknowledgement */
    @SuppressWarnings("unchecked")
    static MutinyEmitter<byte[]> emitter(Collection<UniEmitter<? super Void>> waiting) {
        return (MutinyEmitter<byte[]>) Proxy.newProxyInstance(
                Unacknowledged.class.getClassLoader(), new Class<?>[] {MutinyEmitter.class}, (proxy, method, args) -> {
                    if (!method.getName().equals("sendMessage")) {
                        throw new AssertionError("Kafka is asked for " + method);
                    }
                    return Uni.createFrom().<Void>emitter(waiting::add);
                });
    }
}
