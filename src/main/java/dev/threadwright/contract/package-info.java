/**
 * What clients of the LangGraph SDK are shown of a thread: its state, and its events as frames of streams. Pure: the same
 * journal gives the same on every server, at any time. See docs/langgraph.md.
 */
@NullMarked
package dev.threadwright.contract;

import org.jspecify.annotations.NullMarked;
