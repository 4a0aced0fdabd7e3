package dev.threadwright.faults.campaign;

/**
 * Follows one connection's protocol, byte by byte, without changing anything, and says where in what passes the points
 * are. Called by two threads, one for each direction.
 */
interface Wire {

    /** @see #fromClient */
    @FunctionalInterface
    interface Marks {
        /** The point is reached when the bytes before the index have passed, and none from there on. */
        void at(Point point, int index);
    }

    void fromClient(byte[] bytes, int length, Marks marks);

    void fromServer(byte[] bytes, int length, Marks marks);

    /** What the server said to the last commit or end of a transaction; empty if that it is done. */
    String refusal();
}
