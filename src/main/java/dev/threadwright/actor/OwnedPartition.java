package dev.threadwright.actor;

/**
 * A partition that this loop has claimed, as of the last commit.
 *
 * @param position the last position in use
 */
record OwnedPartition(int partition, long epoch, long position) {

    OwnedPartition at(long next) {
        return new OwnedPartition(partition, epoch, next);
    }
}
