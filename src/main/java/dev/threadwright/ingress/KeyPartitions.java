package dev.threadwright.ingress;

import org.apache.kafka.common.utils.Utils;

/** Which partition owns a thread: what the Java client's default partitioner says of its key. */
public final class KeyPartitions {

    private KeyPartitions() {}

    public static int of(byte[] key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key)) % partitions;
    }
}
