package dev.threadwright.embedded;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A process that runs embedded servers until somebody kills it. */
final class ChildServers {
    private ChildServers() {}

    public static void main(String[] arguments) throws InterruptedException {
        EmbeddedServers.start(new EmbeddedServers.Settings(
                Path.of(arguments[0]), true, Integer.parseInt(arguments[1]), true, Integer.parseInt(arguments[2])));
        System.out.println("started");
        new CountDownLatch(1).await();
    }
}
