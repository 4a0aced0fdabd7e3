package dev.threadwright.embedded;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A process that runs a Kafka broker until somebody ends or kills it. */
public final class ChildBroker {
    private ChildBroker() {}

    /** Arguments: the directory, the port, and for each further listener its name, its port and the port to advertise. */
    public static void main(String[] arguments) throws InterruptedException {
        List<EmbeddedKafkaBroker.Listener> more = new ArrayList<>();
        for (int i = 2; i < arguments.length; i += 3) {
            more.add(new EmbeddedKafkaBroker.Listener(
                    arguments[i], Integer.parseInt(arguments[i + 1]), Integer.parseInt(arguments[i + 2])));
        }
        EmbeddedKafkaBroker broker =
                EmbeddedKafkaBroker.start(Path.of(arguments[0]), Integer.parseInt(arguments[1]), more);
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "broker-stop"));
        System.out.println("started");
        new CountDownLatch(1).await();
    }
}
