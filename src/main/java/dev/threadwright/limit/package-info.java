/** How many attempts may be under way at once, how fast they may begin, and when to stop trying what does not work. */
@org.jspecify.annotations.NullMarked
package dev.threadwright.limit;
